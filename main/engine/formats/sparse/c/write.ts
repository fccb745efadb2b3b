import { sizeOf } from '../../../network/graph.ts';
import type { Data, Plan, Step } from '../plan.ts';
import { type Account, accountComment } from './account.ts';
import { comment, inComment } from './comments.ts';
import { constant } from './constants.ts';
import { header, portParams } from './header.ts';
import { FLOAT32, type Names } from './names.ts';
import { functionOf, typesOf } from './functions.ts';
import { PRELUDE } from './prelude.ts';
import { printKernel } from './print.ts';

interface Options {
  readonly names?: Names;
  readonly account?: Pick<Account, 'ends' | 'metadata'>;
}

/**
 * A network as C99 without dependencies: what `model.c` and `model.h` hold.
 * @param about texts about the network for the comment at the beginning
 */
export function writeC(
  plan: Plan,
  about: readonly string[],
  { names = FLOAT32, account }: Options = {},
): { source: string; header: string } {
  const { inputs, outputs } = plan;
  const end = account === undefined ? '' : accountComment({ names, inputs, outputs, ...account });
  return { source: `${source(plan, about, names)}${end}`, header: header(plan, about, names) };
}

function source(plan: Plan, about: readonly string[], { file, prefix }: Names): string {
  const functions = new Functions(plan.data);
  const calls = plan.steps.map((step) => call(plan, step, functions.nameOf(step)));
  const { inputs, outputs } = plan;
  const inputSizes = inputs.map(({ shape }) => sizeOf(shape));
  const outputSizes = outputs.map(({ shape }) => sizeOf(shape));
  const ports = portParams(plan);
  const moved = [
    ...inputs.map((_, i) => `input${i} + s * ${inputSizes[i] ?? 0}`),
    ...outputs.map((_, i) => `output${i} + s * ${outputSizes[i] ?? 0}`),
  ];
  return [
    comment(about),
    `#include "${file}.h"`,
    '#include <math.h>',
    '#include <stdint.h>',
    '',
    ...plan.data.map((data, i) => constant(data, i)),
    PRELUDE,
    ...functions.texts,
    `static void run_one(${ports}, float *arena) {`,
    ...calls.map((line) => `  ${line}`),
    '}',
    '',
    `void ${prefix}_run_in(${ports}, size_t samples, float *arena) {`,
    '  size_t s;',
    `  for (s = 0; s < samples; s++) run_one(${moved.join(', ')}, arena);`,
    '}',
    '',
    '#ifndef MODEL_NO_STATIC_ARENA',
    `static float arena_of_its_own[${prefix.toUpperCase()}_ARENA_SIZE];`,
    '',
    `void ${prefix}_run(${ports}, size_t samples) {`,
    `  ${prefix}_run_in(${[...inputs.map((_, i) => `input${i}`), ...outputs.map((_, i) => `output${i}`)].join(', ')}, samples, arena_of_its_own);`,
    '}',
    '#endif',
    '',
  ].join('\n');
}

/** The functions of a file: a kernel once for each set of types that its tables have. */
class Functions {
  readonly texts: string[] = [];
  private readonly names = new Map<string, string>();
  private readonly data: readonly Data[];

  constructor(data: readonly Data[]) {
    this.data = data;
  }

  nameOf(step: Step): string {
    const { kernel } = step;
    const types = typesOf(step, this.data);
    const key = functionOf(step, this.data);
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const name = `kernel${this.names.size}`;
    this.names.set(key, name);
    this.texts.push(`/* ${kernel.label} */\n${printKernel(kernel, name, types)}`);
    return name;
  }
}

function call({ buffers, offsets }: Plan, { args, layer }: Step, name: string): string {
  const shown = args.map((arg) => {
    if (arg.is === 'int') return String(arg.value);
    if (arg.is === 'data') return `data${arg.data}`;
    const place = buffers[arg.buffer]?.place;
    if (place === undefined || place.is === 'arena') {
      return `arena + ${(offsets[arg.buffer] ?? 0) + arg.offset}`;
    }
    return `${place.is}${place.index}${arg.offset === 0 ? '' : ` + ${arg.offset}`}`;
  });
  return `${name}(${shown.join(', ')}); /* ${inComment(layer)} */`;
}
