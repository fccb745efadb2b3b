import { z } from 'zod';
import { measuredExportSchema } from '../contract/export.ts';
import { problemSchema } from '../contract/messages.ts';
import { recipeSchema } from '../contract/recipe.ts';
import { noteSchema, runNameSchema, tagSchema } from '../contract/run-list.ts';
import { sweepPlaceSchema } from '../contract/sweep-list.ts';
import { layerSparsitySchema, progressSchema, runStateSchema, stageInfoSchema } from '../contract/run.ts';

/**
 * A project with its runs in one file: a zip of `manifest.json`, a folder of JSON for each run, its sweeps, and what runs left behind,
 * once by its SHA-256. The manifest names every other entry with its size and hash, so that nothing is lost, added or changed unseen.
 */
export const MANIFEST = 'manifest.json';
export const SWEEPS = 'sweeps.json';

/** No archive has entries of other names. */
export const ENTRY_NAME =
  /^(sweeps\.json|runs\/[1-9]\d{0,5}\/(run|report|metrics|layers|log|artifacts)\.json|blobs\/[0-9a-f]{64})$/;

export const MOST_ENTRIES = 65_000;
const MOST_RUNS = 10_000;
/** Bytes of one JSON file. */
export const MOST_JSON = 256 * 2 ** 20;
/** Bytes of all entries, unpacked. */
export const MOST_BYTES = 16 * 2 ** 30;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const bytes = z.number().int().nonnegative();
const moment = z.iso.datetime();

export const manifestSchema = z.object({
  format: z.literal('espalier-project'),
  version: z.literal(1),
  /** The program that wrote it. */
  espalier: z.string().max(100),
  project: z.object({ name: z.string().trim().min(1).max(200), createdAt: moment }),
  runs: z.number().int().nonnegative().max(MOST_RUNS),
  /** Runs that the database did not give back, by name. */
  leftOut: z.array(z.string()),
  entries: z.array(z.object({ path: z.string().regex(ENTRY_NAME), bytes, sha256: hash })).max(MOST_ENTRIES),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const runFileSchema = z.object({
  name: runNameSchema,
  state: runStateSchema,
  recipe: recipeSchema,
  notes: noteSchema,
  tags: z.array(tagSchema).max(100),
  createdAt: moment,
  startedAt: moment.nullable(),
  endedAt: moment.nullable(),
  device: z.string().max(1_000).nullable(),
  deviceWanted: z.string().max(1_000),
  stages: z.array(stageInfoSchema).max(100_000),
  progress: progressSchema.nullable(),
  problem: problemSchema.nullable(),
});

export const layersFileSchema = z.array(
  z.object({ epoch: z.number().nonnegative(), layers: z.array(layerSparsitySchema) }),
);

export const logFileSchema = z.array(
  z.object({ at: z.string().max(40), level: z.enum(['info', 'warning', 'error']), text: z.string() }),
);

/** Grids of runs, each with which of the archive's runs are its own; runs are counted from 1. */
export const sweepsFileSchema = z
  .array(
    z.object({
      name: z.string().min(1).max(1_000),
      /** As YAML. */
      grid: z.string().max(1_000_000),
      createdAt: moment,
      runs: z
        .array(sweepPlaceSchema.extend({ run: z.number().int().positive().max(MOST_RUNS) }))
        .max(MOST_RUNS),
    }),
  )
  .max(MOST_RUNS);
export type SweepsFile = z.infer<typeof sweepsFileSchema>;

/** File names as runs give them: relative, with folders at the most, and nothing that leads elsewhere. */
const fileName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[^\\/:\p{Cc}][^\\:\p{Cc}]*$/u, 'No name of a file within a folder');

export const artifactsFileSchema = z.array(
  z.object({
    name: fileName,
    kind: z.string().min(1).max(100),
    bytes,
    sha256: hash,
    measured: measuredExportSchema.nullable().default(null),
  }),
);
