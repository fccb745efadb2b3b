import { z } from 'zod';
import { headKindSchema } from '../../../contract/head.ts';
import type { Network } from '../../network/graph.ts';
import type { Plan } from './plan.ts';

/** What an export says of itself for those who measure it. */
export const endsSchema = z.object({
  /** The output that answers, and what its answers are. */
  output: z.string(),
  kind: headKindSchema,
  /** How it takes samples: their shape, and for each axis, the batch first, the axis of the data's. */
  shape: z.array(z.number().int().positive()),
  perm: z.array(z.number().int()).optional(),
  /** Weights that may be pruned, and those that are left. */
  weights: z.number().int(),
  kept: z.number().int(),
});
export type Ends = z.infer<typeof endsSchema>;

const CHANNELS_LAST = [0, 2, 3, 1];

/** What is said of a plan for a request. */
export function endsOf(
  plan: Plan,
  { network, logits = false }: { readonly network: Network; readonly logits?: boolean },
): Ends {
  const names = plan.outputs.map(({ name }) => name);
  const { head } = network;
  const answers = head !== undefined && !logits && names.includes(head.output);
  const shape = [...(plan.inputs[0]?.shape ?? [])];
  const data = network.inputs[0]?.shape ?? [];
  const last = CHANNELS_LAST.slice(1).map((axis) => data[axis - 1]);
  const turned = data.length === 3 && shape.join() === last.join() && shape.join() !== data.join();
  const sum = (of: (layer: Plan['layers'][number]) => number) =>
    plan.layers.reduce((all, layer) => all + of(layer), 0);
  return {
    output: answers ? head.output : (names.at(-1) ?? ''),
    kind: answers ? head.kind : 'none',
    shape,
    ...(turned && { perm: CHANNELS_LAST }),
    weights: sum(({ weights }) => weights),
    kept: sum(({ kept }) => kept),
  };
}
