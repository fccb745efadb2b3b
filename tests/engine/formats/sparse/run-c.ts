import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { FLOAT32, type Names } from '../../../../main/engine/formats/sparse/c/names.ts';
import type { TensorData } from '../../../../main/engine/network/graph.ts';

/** Flags that check a program by compiler. Clang's sanitizers are a package of their own in Debian. */
export const CHECKED: Readonly<Record<string, readonly string[]>> = {
  gcc: ['-O0', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
  clang: ['-O1'],
};

const execute = promisify(execFile);

/** Whether a compiler is there; tests that need one are skipped where it is not. */
export function has(compiler: string): boolean {
  try {
    execFileSync(compiler, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Flags that every file must pass without a warning. */
const STRICT = ['-std=c99', '-Wall', '-Wextra', '-pedantic', '-Werror'];

interface Files {
  readonly source: string;
  readonly header: string;
}

/**
 * Compiles what was written with a main program around it, and runs it: inputs are read from a file, outputs written to one. The arena
 * is of exactly the size that the header names, on the heap, so that a sanitizer sees every step beyond it.
 */
export async function runC(
  { source, header }: Files,
  inputs: readonly TensorData[],
  outputs: readonly number[],
  {
    compiler = 'gcc',
    flags = [],
    names = FLOAT32,
  }: { compiler?: string; flags?: readonly string[]; names?: Names } = {},
): Promise<Float32Array[]> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-c-'));
  try {
    await mkdir(folder, { recursive: true });
    const samples = inputs[0]?.shape[0] ?? 1;
    await writeFile(join(folder, 'model.c'), source);
    await writeFile(join(folder, `${names.file}.h`), header);
    await writeFile(join(folder, 'main.c'), mainProgram(inputs, outputs, samples, names));
    const all = Buffer.concat(
      inputs.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
    );
    await writeFile(join(folder, 'in.bin'), all);
    const program = join(folder, 'program');
    await execute(compiler, [...STRICT, ...flags, 'model.c', 'main.c', '-o', program, '-lm'], {
      cwd: folder,
    });
    await execute(program, [], { cwd: folder });
    const found = await readFile(join(folder, 'out.bin'));
    const values = new Float32Array(
      found.buffer.slice(found.byteOffset, found.byteOffset + found.byteLength),
    );
    let at = 0;
    return outputs.map((size) => values.slice(at, (at += size * samples)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Bytes of flash and of memory that what was written takes on a Cortex-M4, without the program around it. */
export async function armSize(
  { source, header }: Files,
  { file }: Names = FLOAT32,
): Promise<{ flash: number; memory: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-arm-'));
  try {
    await writeFile(join(folder, 'model.c'), source);
    await writeFile(join(folder, `${file}.h`), header);
    const target = ['-Os', '-mcpu=cortex-m4', '-mthumb', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16'];
    await execute('arm-none-eabi-gcc', [...STRICT, ...target, '-c', 'model.c', '-o', 'model.o'], {
      cwd: folder,
    });
    const { stdout } = await execute('arm-none-eabi-size', ['model.o'], { cwd: folder });
    const [text = 0, data = 0, bss = 0] = (stdout.split('\n')[1] ?? '').trim().split(/\s+/).map(Number);
    return { flash: text + data, memory: data + bss };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function mainProgram(
  inputs: readonly TensorData[],
  outputs: readonly number[],
  samples: number,
  { file, prefix }: Names,
): string {
  const names = [...inputs.map((_, i) => `in${i}`), ...outputs.map((_, i) => `out${i}`)];
  return [
    `#include "${file}.h"`,
    '#include <stdio.h>',
    '#include <stdlib.h>',
    'int main(void) {',
    `  float *arena = malloc(${prefix.toUpperCase()}_ARENA_SIZE * sizeof(float));`,
    '  FILE *file = fopen("in.bin", "rb");',
    ...inputs.flatMap(({ data }, i) => [
      `  float *in${i} = malloc(${data.length} * sizeof(float));`,
      `  if (!in${i} || fread(in${i}, sizeof(float), ${data.length}, file) != ${data.length}) return 2;`,
    ]),
    ...outputs.map((size, i) => `  float *out${i} = malloc(${size * samples} * sizeof(float));`),
    '  fclose(file);',
    `  if (!arena${outputs.map((_, i) => ` || !out${i}`).join('')}) return 3;`,
    `  ${prefix}_run_in(${names.join(', ')}, ${samples}, arena);`,
    '  file = fopen("out.bin", "wb");',
    ...outputs.map((size, i) => `  fwrite(out${i}, sizeof(float), ${size * samples}, file);`),
    '  fclose(file);',
    ...[...names, 'arena'].map((name) => `  free(${name});`),
    '  return 0;',
    '}',
    '',
  ].join('\n');
}
