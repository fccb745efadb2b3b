import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A processor with AVX2 and without VNNI (or AVX-512), as qemu calls it. */
const PROCESSOR = 'Haswell-noTSX';
const EMULATOR = 'qemu-x86_64';
const SCRIPT = fileURLToPath(new URL('run-onnx.cjs', import.meta.url));

/** What is to be computed: a file, and one batch of its input. */
export interface OnnxJob {
  readonly model: string;
  readonly values: readonly number[];
  readonly shape: readonly number[];
  /** With onnxruntime's switch for integer products without saturation. */
  readonly exact: boolean;
}

/** Why nothing can be computed on an emulated processor here; undefined when it can. */
export function missingEmulator(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'only on Linux and x64';
  const { status } = spawnSync(EMULATOR, ['-version'], { timeout: 30_000 });
  return status === 0 ? undefined : `no ${EMULATOR} (apt install qemu-user)`;
}

/**
 * The answers of onnxruntime on a processor with AVX2 and without VNNI, and on this machine's own.
 * @param folder for the files in between
 */
export function onBothProcessors(
  jobs: readonly OnnxJob[],
  folder: string,
): { own: number[][]; emulated: number[][] } {
  const [asked, answered] = [join(folder, 'jobs.json'), join(folder, 'answers.json')];
  writeFileSync(asked, JSON.stringify(jobs));
  const answers = (run: (args: readonly string[]) => string) => {
    run([SCRIPT, asked, answered]);
    return JSON.parse(readFileSync(answered, 'utf8')) as number[][];
  };
  return { own: answers((args) => runProgram(process.execPath, args)), emulated: answers(runEmulated) };
}

/** What Node prints on a processor with AVX2 and without VNNI. @throws Error with its error output when it fails */
export function runEmulated(args: readonly string[]): string {
  return runProgram(EMULATOR, ['-cpu', PROCESSOR, process.execPath, ...args]);
}

function runProgram(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, [...args], { encoding: 'utf8', timeout: 170_000 });
  if (status !== 0) throw new Error(stderr.slice(-2000));
  return stdout;
}
