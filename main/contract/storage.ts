import { z } from 'zod';

const bytes = z.number().int().nonnegative();

/** What takes room in the data folder. */
export const storageKindSchema = z.enum(['database', 'checkpoints', 'files', 'caches', 'backups', 'orphans']);
export type StorageKind = z.infer<typeof storageKindSchema>;

/** How much of each kind there is, and how much of it can go without losing a run or its result. */
export const storageUseSchema = z.record(storageKindSchema, z.object({ used: bytes, reclaimable: bytes }));
export type StorageUse = z.infer<typeof storageUseSchema>;

/** Days for which checkpoints of finished runs are kept; null keeps them. */
export const checkpointDaysSchema = z.number().int().min(0).max(3650).nullable();
