import type { Kernel } from '../kernel.ts';
import { identityOf } from '../kernel.ts';
import type { Arg, Data, Plan, Step } from '../plan.ts';
import { sizeOf } from '../../../network/graph.ts';
import { PRELUDE } from './prelude.ts';
import { float, printKernel } from './print.ts';

/** Texts about the network for the comment at the beginning. */
export type About = readonly string[];

/** A network as C99 without dependencies: what `model.c` and `model.h` hold. */
export function writeC(plan: Plan, about: About): { source: string; header: string } {
  return { source: source(plan, about), header: header(plan, about) };
}

const WIDTH = 12;

function source(plan: Plan, about: About): string {
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
    '#include "model.h"',
    '#include <math.h>',
    '#include <stdint.h>',
    '',
    ...plan.data.map((data, i) => constants(data, i)),
    PRELUDE,
    ...functions.texts,
    `static void run_one(${ports}, float *arena) {`,
    ...calls.map((line) => `  ${line}`),
    '}',
    '',
    `void model_run_in(${ports}, size_t samples, float *arena) {`,
    '  size_t s;',
    `  for (s = 0; s < samples; s++) run_one(${moved.join(', ')}, arena);`,
    '}',
    '',
    '#ifndef MODEL_NO_STATIC_ARENA',
    'static float arena_of_its_own[MODEL_ARENA_SIZE];',
    '',
    `void model_run(${ports}, size_t samples) {`,
    `  model_run_in(${[...inputs.map((_, i) => `input${i}`), ...outputs.map((_, i) => `output${i}`)].join(', ')}, samples, arena_of_its_own);`,
    '}',
    '#endif',
    '',
  ].join('\n');
}

function header(plan: Plan, about: About): string {
  const ports = portParams(plan);
  const bytes = plan.data.reduce((sum, data) => sum + data.values.length * bytesOf(data), 0);
  const shape = (what: string) => (port: Plan['inputs'][number], i: number) =>
    `#define MODEL_${what}${i}_SIZE ${sizeOf(port.shape)} /* ${port.name.replaceAll('*/', '')}: ${port.shape.join(' x ')} */`;
  return [
    comment([
      ...about,
      '',
      `Constants: ${bytes} bytes. Activations: ${plan.arena * 4} bytes, in the arena.`,
      'Link with -lm. Build with -O3 and for the processor (-march=native), so that loops become vectors.',
    ]),
    '#ifndef MODEL_H',
    '#define MODEL_H',
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
    `#define MODEL_ARENA_SIZE ${Math.max(1, plan.arena)}`,
    '/* Bytes of weights and tables. */',
    `#define MODEL_CONSTANT_BYTES ${bytes}`,
    '',
    "/* Samples one behind the other, each row-major; nothing is allocated. The arena is the caller's: two calls at once need two. */",
    `void model_run_in(${ports}, size_t samples, float *arena);`,
    '',
    '/* The same in a static arena; left out with -DMODEL_NO_STATIC_ARENA. */',
    '#ifndef MODEL_NO_STATIC_ARENA',
    `void model_run(${ports}, size_t samples);`,
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

const portParams = ({ inputs, outputs }: Plan): string =>
  [...inputs.map((_, i) => `const float *input${i}`), ...outputs.map((_, i) => `float *output${i}`)].join(
    ', ',
  );

function comment(lines: readonly string[]): string {
  return ['/*', ...lines.map((line) => ` * ${line.replaceAll('*/', '* /')}`.trimEnd()), ' */'].join('\n');
}

/** The narrowest type that holds a table's entries. */
function elementType(data: Data): 'float' | 'uint8_t' | 'uint16_t' | 'uint32_t' {
  if (data.is === 'floats') return 'float';
  const most = data.values.reduce((most, value) => Math.max(most, value), 0);
  return most < 2 ** 8 ? 'uint8_t' : most < 2 ** 16 ? 'uint16_t' : 'uint32_t';
}

function bytesOf(data: Data): number {
  return { float: 4, uint8_t: 1, uint16_t: 2, uint32_t: 4 }[elementType(data)];
}

function constants(data: Data, i: number): string {
  const values = data.is === 'floats' ? Array.from(data.values, float) : Array.from(data.values, String);
  // C has no empty arrays.
  if (values.length === 0) values.push('0');
  const lines: string[] = [];
  for (let at = 0; at < values.length; at += WIDTH)
    lines.push(`  ${values.slice(at, at + WIDTH).join(', ')},`);
  return `static const ${elementType(data)} data${i}[${values.length}] = {\n${lines.join('\n')}\n};\n`;
}

/** The functions of a file: a kernel once for each set of types that its tables have. */
class Functions {
  readonly texts: string[] = [];
  private readonly names = new Map<string, string>();
  private readonly data: readonly Data[];

  constructor(data: readonly Data[]) {
    this.data = data;
  }

  nameOf({ kernel, args }: Step): string {
    const types = this.typesOf(kernel, args);
    const key = `${identityOf(kernel)} ${Object.values(types).join(' ')}`;
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const name = `kernel${this.names.size}`;
    this.names.set(key, name);
    this.texts.push(`/* ${kernel.label} */\n${printKernel(kernel, name, types)}`);
    return name;
  }

  private typesOf(kernel: Kernel, args: readonly Arg[]): Record<string, string> {
    return Object.fromEntries(
      kernel.params.flatMap(({ name }, i) => {
        const arg = args[i];
        const data = arg?.is === 'data' ? this.data[arg.data] : undefined;
        return data === undefined ? [] : [[name, elementType(data)]];
      }),
    );
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
  return `${name}(${shown.join(', ')}); /* ${layer.replaceAll('*/', '')} */`;
}
