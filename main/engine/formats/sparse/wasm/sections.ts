import { z } from 'zod';
import { inputError } from '../../../../contract/errors.ts';
import { headKindSchema } from '../../../../contract/head.ts';
import type { ExportRequest } from '../../export-format.ts';
import type { Plan } from '../plan.ts';

/** What a module says for those who measure it: in its section 'ends'. */
const endsSchema = z.object({
  /** The output that answers, and what its answers are. */
  output: z.string(),
  kind: headKindSchema,
  /** How the module takes samples: their shape, and for each axis, the batch first, the axis of the data's. */
  shape: z.array(z.number().int().positive()),
  perm: z.array(z.number().int()).optional(),
  /** Weights that may be pruned, and those that are left. */
  weights: z.number().int(),
  kept: z.number().int(),
});
export type Ends = z.infer<typeof endsSchema>;

/** What is used of Node's WebAssembly, whose types Node's own do not have. */
const engine = (
  globalThis as unknown as {
    WebAssembly: {
      compile: (bytes: Uint8Array) => Promise<object>;
      Module: { customSections: (module: object, name: string) => ArrayBuffer[] };
    };
  }
).WebAssembly;

const CHANNELS_LAST = [0, 2, 3, 1];

/** What is said of a plan for a request. */
export function endsOf(
  plan: Plan,
  { network, logits = false }: Pick<ExportRequest, 'network' | 'logits'>,
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

/** What a module says of itself for those who measure it. @throws EspalierError when it says nothing of the kind */
export async function readEnds(
  bytes: Uint8Array,
  file: string,
): Promise<{ ends: Ends; metadata: Record<string, string> }> {
  try {
    const module = await engine.compile(bytes);
    const json = (name: string): unknown => {
      const [content] = engine.Module.customSections(module, name);
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
    };
    return {
      ends: endsSchema.parse(json('ends')),
      metadata: z.record(z.string(), z.string()).parse(json('metadata')),
    };
  } catch {
    throw inputError('wasm/unreadable', 'This is no module that Espalier has written, or it is not whole.', {
      file,
      remedy: 'Give a model.wasm as a run or `espalier export` has left it.',
    });
  }
}
