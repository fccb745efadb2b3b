import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleSpecs } from './bundle.ts';
import { exclusions } from './exclusions.ts';

/*
 * Runs tfjs-core's own specs on tfjs's cpu backend and on ours, and compares: `node tests/conformance/run.ts`.
 * Succeeds when at least 99 % of what the cpu backend passes passes here too and every other one is an exclusion with a reason.
 *   --provider NAME   onnxruntime's execution provider (cpu)
 *   --only TEXT       prints failures of specs whose name contains TEXT, and judges those alone
 *   --json FILE       writes the counts and the failures
 */
const REQUIRED_SHARE = 0.99;

interface SpecResult {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'pending' | 'excluded';
  readonly message: string;
}

const { values: options } = parseArgs({
  options: {
    provider: { type: 'string', default: 'cpu' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});

async function runSpecs(backend: string, providers: readonly string[]): Promise<SpecResult[]> {
  const bundle = await bundleSpecs(backend, providers);
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  const results = join(folder, 'results.json');
  try {
    const worker = new URL('./worker.mjs', import.meta.url).pathname;
    await new Promise<void>((resolve, reject) => {
      const child = spawn(process.execPath, [worker, bundle, results], {
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

function passing(results: readonly SpecResult[]): Set<string> {
  const failed = new Set(results.filter(({ status }) => status === 'failed').map(({ name }) => name));
  // Some names occur more than once: such a spec passes when all of them do.
  return new Set(
    results.filter(({ name, status }) => status === 'passed' && !failed.has(name)).map(({ name }) => name),
  );
}

const reference = await runSpecs('cpu', []);
const ours = await runSpecs('onnxruntime', options.provider === 'cpu' ? ['cpu'] : [options.provider, 'cpu']);
const wanted = [...passing(reference)].filter((name) => name.includes(options.only));
const passed = passing(ours);
const messages = new Map(
  ours.filter(({ status }) => status === 'failed').map(({ name, message }) => [name, message]),
);

const failures = wanted.filter((name) => !passed.has(name));
const unexplained = failures.filter((name) => !(name in exclusions));
const stale = Object.keys(exclusions).filter((name) => passed.has(name) && name.includes(options.only));
const share = (wanted.length - failures.length) / wanted.length;

console.log(`tfjs-core's specs: ${reference.length}; passed by tfjs's cpu backend: ${wanted.length}`);
console.log(
  `passed by onnxruntime (${options.provider}): ${wanted.length - failures.length}, ${(100 * share).toFixed(2)} %`,
);
for (const name of failures) {
  const reason = exclusions[name];
  console.log(
    reason === undefined
      ? `FAILS  ${name}\n       ${messages.get(name) ?? 'not run'}`
      : `excluded  ${name}: ${reason}`,
  );
}
for (const name of stale) console.log(`passes now, but is still listed as an exclusion: ${name}`);
if (options.json !== undefined) {
  const counts = {
    specs: reference.length,
    reference: wanted.length,
    passed: wanted.length - failures.length,
  };
  writeFileSync(options.json, JSON.stringify({ ...counts, share, exclusions, unexplained, stale }, null, 2));
}
if (unexplained.length > 0 || stale.length > 0 || share < REQUIRED_SHARE) process.exitCode = 1;
