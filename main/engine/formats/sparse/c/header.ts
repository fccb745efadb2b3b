import { sizeOf } from '../../../network/graph.ts';
import type { Plan } from '../plan.ts';
import { codeBytes } from './code-size.ts';
import { comment, inComment } from './comments.ts';
import { constantBytes } from './constants.ts';
import type { Names } from './names.ts';

/** Inputs and outputs as parameters. */
export const portParams = ({ inputs, outputs }: Pick<Plan, 'inputs' | 'outputs'>): string =>
  [...inputs.map((_, i) => `const float *input${i}`), ...outputs.map((_, i) => `float *output${i}`)].join(
    ', ',
  );

/** The header of a network: its functions, and what it takes of flash and memory. */
export function header(plan: Plan, about: readonly string[], { prefix }: Names): string {
  const ports = portParams(plan);
  const bytes = constantBytes(plan.data);
  const macro = prefix.toUpperCase();
  const shape = (what: string) => (port: Plan['inputs'][number], i: number) =>
    `#define ${macro}_${what}${i}_SIZE ${sizeOf(port.shape)} /* ${inComment(port.name)}: ${port.shape.join(' x ')} */`;
  return [
    comment([
      ...about,
      '',
      `Constants: ${bytes} bytes. Activations: ${plan.arena * 4} bytes, in the arena.`,
      `Code: about ${codeBytes(plan)} bytes where gcc -Os compiles it for a Cortex-M4, estimated; vectors for larger processors take more.`,
      'Link with -lm. Build with -O3 and for the processor (-march=native), so that loops become vectors.',
    ]),
    `#ifndef ${macro}_H`,
    `#define ${macro}_H`,
    '',
    '#include <stddef.h>',
    '',
    '#ifdef __cplusplus',
    'extern "C" {',
    '#endif',
    '',
    '/* Numbers of one sample. */',
    ...plan.inputs.map(shape('INPUT')),
    ...plan.outputs.map(shape('OUTPUT')),
    '/* Numbers that the arena holds while the network runs. */',
    `#define ${macro}_ARENA_SIZE ${Math.max(1, plan.arena)}`,
    '/* Bytes of weights and tables. */',
    `#define ${macro}_CONSTANT_BYTES ${bytes}`,
    '',
    "/* Samples one behind the other, each row-major; nothing is allocated. The arena is the caller's: two calls at once need two. */",
    `void ${prefix}_run_in(${ports}, size_t samples, float *arena);`,
    '',
    '/* The same in a static arena; left out with -DMODEL_NO_STATIC_ARENA. */',
    '#ifndef MODEL_NO_STATIC_ARENA',
    `void ${prefix}_run(${ports}, size_t samples);`,
    '#endif',
    '',
    '#ifdef __cplusplus',
    '}',
    '#endif',
    '',
    '#endif',
    '',
  ].join('\n');
}
