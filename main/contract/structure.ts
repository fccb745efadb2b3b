import { z } from 'zod';

/** What is kept or pruned as one; each setting belongs to the kinds that its description names. */
export const structureSpecSchema = z
  .strictObject({
    kind: z
      .string()
      .optional()
      .describe(
        "What is kept or pruned as one: 'element', 'n:m', 'block' or 'channel'; see `espalier list structures`",
      ),
    n: z.number().int().min(1).max(63).optional().describe('n:m: how many of m weights are kept (2)'),
    m: z.number().int().min(2).max(64).optional().describe('n:m: how many consecutive inputs share n (4)'),
    rows: z.number().int().min(1).max(4096).optional().describe('block: outputs of a block (4)'),
    columns: z
      .number()
      .int()
      .min(1)
      .max(4096)
      .optional()
      .describe('block: weights of one output in a block, input by input and within it along the kernel (1)'),
    power: z
      .number()
      .positive()
      .max(4)
      .optional()
      .describe('channel: p of the sums of score^p over a slice; 2 for magnitude outside GReg, else 1'),
    slice: z
      .enum(['sum', 'mean'])
      .optional()
      .describe("channel: 'sum' or 'mean' over the weights of a slice (sum)"),
    members: z
      .enum(['all', 'makers', 'readers'])
      .optional()
      .describe(
        'channel: all slices of a channel count, or those alone that make or read it (all; readers for the loss along a gate, Taylor and Fisher; makers for distances between filters)',
      ),
    pool: z
      .enum(['mean', 'sum', 'max'])
      .optional()
      .describe('channel: over the slices of a channel (mean; max for the scale of batch norms)'),
    normalise: z
      .enum(['mean', 'sum', 'max', 'range', 'lamp', 'none'])
      .optional()
      .describe(
        'channel: what the scores of a group are divided by, so that groups compare (mean; none for the scale of batch norms and for random)',
      ),
    multiple: z
      .number()
      .int()
      .min(1)
      .max(1024)
      .optional()
      .describe(
        'channel: what a layer keeps is a multiple of so many channels, which kernels compute at once, or all of its channels (1)',
      ),
    attention: z
      .enum(['heads', 'width'])
      .optional()
      .describe('channel: of attention whole heads leave, or the same index of every head (heads)'),
    grouped: z
      .enum(['relative', 'whole'])
      .optional()
      .describe(
        'channel: of grouped convolutions the same index of every group leaves, or whole groups (relative)',
      ),
  })
  .describe('What is kept or pruned as one: single weights, n of every m, blocks, channels');
export type StructureSpec = z.infer<typeof structureSpecSchema>;
