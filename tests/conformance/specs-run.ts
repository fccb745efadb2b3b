import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSpecs } from './bundle.ts';

/** What became of one of tfjs-core's specs. */
export interface SpecResult {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'pending' | 'excluded';
  readonly message: string;
}

export interface SpecOptions {
  /** onnxruntime's execution providers, for that backend. */
  readonly providers?: readonly string[];
  /** A folder with tfjs-node in its node_modules, for the backend 'tensorflow'. */
  readonly packages?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs tfjs-core's specs on a tfjs backend, in a process of its own. */
export async function runSpecs(
  backend: string,
  { providers = [], packages, env = process.env }: SpecOptions = {},
): Promise<SpecResult[]> {
  const bundle = await bundleSpecs(backend, providers);
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  const results = join(folder, 'results.json');
  try {
    const worker = new URL('./worker.mjs', import.meta.url).pathname;
    const more = packages === undefined ? [] : [packages];
    await new Promise<void>((resolve, reject) => {
      const child = spawn(process.execPath, [worker, bundle, results, ...more], {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let complaint = '';
      child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4000)));
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`the specs on ${backend} ended with ${code ?? signal}\n${complaint}`));
      });
    });
    return JSON.parse(readFileSync(results, 'utf8')) as SpecResult[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names of the specs that pass. Some names occur more than once: such a spec passes when all of them do. */
export function passing(results: readonly SpecResult[]): Set<string> {
  const failed = new Set(results.filter(({ status }) => status === 'failed').map(({ name }) => name));
  return new Set(
    results.filter(({ name, status }) => status === 'passed' && !failed.has(name)).map(({ name }) => name),
  );
}

/** Why specs failed, by name. */
export function messagesOf(results: readonly SpecResult[]): Map<string, string> {
  const failed = results.filter(({ status }) => status === 'failed');
  return new Map(failed.map(({ name, message }) => [name, message]));
}
