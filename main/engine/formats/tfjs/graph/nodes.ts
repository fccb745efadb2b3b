import { z } from 'zod';
import { inputError } from '../../../../contract/errors.ts';

const intSchema = z.union([z.number(), z.string()]).transform(Number).pipe(z.number());
const bytesSchema = z
  .union([z.string(), z.array(z.int())])
  .transform((value) =>
    typeof value === 'string' ? Buffer.from(value, 'base64').toString() : String.fromCharCode(...value),
  );
/** Old converters write flags as numbers. */
const flagSchema = z.union([
  z.boolean(),
  z.literal(0).transform(() => false),
  z.literal(1).transform(() => true),
]);
const attrSchema = z.looseObject({
  s: bytesSchema.optional(),
  i: intSchema.optional(),
  f: z.union([z.number(), z.string()]).transform(Number).optional(),
  b: flagSchema.optional(),
  list: z
    .looseObject({
      i: z.array(intSchema).max(64).optional(),
      s: z.array(bytesSchema).max(64).optional(),
    })
    .optional(),
  shape: z
    .looseObject({
      dim: z
        .array(z.looseObject({ size: intSchema.optional() }))
        .max(16)
        .optional(),
    })
    .optional(),
});
const nodeSchema = z.looseObject({
  name: z.string(),
  op: z.string(),
  input: z.array(z.string()).default([]),
  attr: z.record(z.string(), attrSchema).default({}),
});
const graphSchema = z.looseObject({ node: z.array(nodeSchema).max(200_000) });

/** One operation of a TensorFlow graph. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Names of the nodes that it reads, without output numbers. */
  readonly inputs: readonly string[];
  readonly attrs: Readonly<Record<string, z.infer<typeof attrSchema>>>;
}

/**
 * The nodes of a GraphModel's topology, as they stand.
 * @throws EspalierError naming the place that is damaged
 */
export function parseGraph(topology: unknown, file: string): GraphNode[] {
  const parsed = graphSchema.safeParse(topology);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw inputError('tfjs/graph', `The model's graph is damaged: ${issue?.message ?? ''}.`, {
      file,
      field: ['modelTopology', ...(issue?.path ?? [])].join('.'),
    });
  }
  return parsed.data.node.map(({ name, op, input, attr }) => ({
    name,
    op,
    // '^name' only orders the work; 'name:0' is the first output.
    inputs: input.filter((source) => !source.startsWith('^')).map((source) => source.replace(/:0$/, '')),
    attrs: attr,
  }));
}
