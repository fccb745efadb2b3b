import { z } from 'zod';

/** Which channels of a network leave together, which cannot, and why. */

/** Choices of what leaves together, where there is more than one. */
export const couplingOptionsSchema = z.strictObject({
  /**
   * What leaves an attention layer: whole heads, or the same index of every head (queries with keys, values with what reads
   * them). The factor on the scores stays that of the old width.
   */
  attention: z.enum(['heads', 'width']).optional(),
  /** What leaves a grouped convolution: the same index of every group, so that groups stay equal, or whole groups. */
  grouped: z.enum(['relative', 'whole']).optional(),
});
export type CouplingOptions = z.infer<typeof couplingOptionsSchema>;

const sideSchema = z.enum([
  /** Weights and biases that make the channel. */
  'makes',
  /** Weights that take the channel in. */
  'reads',
  /** What goes along with it: scales, shifts and statistics of norms, slopes, constants, depthwise filters. */
  'along',
]);
/** What a parameter's slice has to do with the channel that it belongs to. */
export type Side = z.infer<typeof sideSchema>;

const groupUnitSchema = z.enum(['channel', 'unit', 'head', 'head index']);
/** What one component of a group is called. */
export type GroupUnit = z.infer<typeof groupUnitSchema>;

const channelGroupSchema = z.object({
  /** Of the first layer that makes these channels; unlike that of every other group. */
  name: z.string(),
  unit: groupUnitSchema,
  /** How many there are. */
  width: z.number().int().positive(),
  /** The layers that make these channels, and those that read them, in order. */
  makers: z.array(z.string()),
  readers: z.array(z.string()),
  /** Where one of them has numbers: so many indices of an axis of each of these parameters. */
  slices: z.array(
    z.object({ param: z.string(), axis: z.number().int(), indices: z.number().int(), side: sideSchema }),
  ),
});

const holdReasonSchema = z.object({
  /** A whole sentence. */
  text: z.string(),
  /** The layer that holds them; absent where it is an end of the network. */
  node: z.string().optional(),
  /** The value or parameter whose indices are held, and which of its axes; axis 0 of a value is the batch. */
  of: z.string(),
  axis: z.number().int(),
});
export type HoldReason = z.infer<typeof holdReasonSchema>;

export const networkGroupsSchema = z.object({
  name: z.string(),
  /** Trained numbers, and multiply-accumulates for one sample. */
  parameters: z.number().int(),
  macs: z.number().int(),
  /** Parameters that can be pruned, in the network's order. */
  prunable: z.array(z.string()),
  /** Channels that may leave, one of every group excepted. */
  groups: z.array(
    channelGroupSchema.extend({
      /** What leaves with the first one of them. */
      parameters: z.number().int(),
      macs: z.number().int(),
    }),
  ),
  /** Channels that stay. */
  held: z.array(channelGroupSchema.extend({ reasons: z.array(holdReasonSchema) })),
});
export type NetworkGroups = z.infer<typeof networkGroupsSchema>;
