import { z } from 'zod';
import { headKindSchema } from '../../../contract/head.ts';

/**
 * An .espalier file: eight bytes of magic, the length of the header (32 bits, little-endian), the header (JSON, packed with
 * zstd), and three sections one after the other, each packed with zstd: the masks, the values and the scales. See
 * docs/formats.md.
 */
export const MAGIC = new TextEncoder().encode('ESPALIER');
export const PREFIX_BYTES = MAGIC.length + 4;

/** Bytes of a header, unpacked; a network's outline has some kilobytes. */
export const MAX_HEADER_BYTES = 64 * 2 ** 20;
/** Bytes of one section, unpacked, and numbers of a whole network. */
export const MAX_SECTION_BYTES = 2 ** 31 - 1;

const name = z.string().max(10_000);
const dims = z.array(z.int().nonnegative()).max(16);
const attribute = z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]);

const sectionNames = ['masks', 'values', 'scales'] as const;
export type SectionName = (typeof sectionNames)[number];

const tensorSchema = z.strictObject({
  name,
  shape: dims,
  /** How it is said which values are not zero: none = all are stored. */
  mask: z.enum(['none', 'bitmap', 'gaps']),
  /** Bytes of its mask before packing. */
  maskBytes: z.int().nonnegative(),
  /** Values that are stored. */
  stored: z.int().nonnegative(),
  type: z.enum(['float32', 'float16', 'int8']),
});
export type StoredTensor = z.infer<typeof tensorSchema>;

const headSchema = z.strictObject({
  kind: headKindSchema,
  output: name,
  axis: z.int().nonnegative().optional(),
});
const initializer = z.looseObject({ kind: z.string() });
/** A network's structure, without its numbers. */
export const networkSchema = z.strictObject({
  name,
  inputs: z.array(z.strictObject({ name, shape: dims })).max(64),
  outputs: z.array(name).max(1000),
  head: headSchema.optional(),
  nodes: z
    .array(
      z.strictObject({
        name,
        op: name,
        inputs: z.array(name).max(10_000),
        outputs: z.array(name).max(10_000),
        params: z.record(z.string(), name),
        attrs: z.record(z.string(), attribute),
      }),
    )
    .max(200_000),
  params: z.record(
    z.string(),
    z.strictObject({
      shape: dims,
      role: z.enum(['weight', 'bias', 'scale', 'shift', 'mean', 'variance', 'constant']),
      init: initializer,
    }),
  ),
});

export const headerSchema = z.strictObject({
  version: z.literal(1),
  metadata: z.record(z.string(), z.string()),
  network: networkSchema,
  tensors: z.array(tensorSchema).max(1_000_000),
  sections: z
    .array(
      z.strictObject({
        name: z.enum(sectionNames),
        /** Bytes in the file, and unpacked. */
        packed: z.int().nonnegative(),
        bytes: z.int().nonnegative().max(MAX_SECTION_BYTES),
      }),
    )
    .length(sectionNames.length),
});
export type Header = z.infer<typeof headerSchema>;
