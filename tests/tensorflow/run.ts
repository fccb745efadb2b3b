import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messagesOf, passing, runSpecs } from '../conformance/specs-run.ts';
import { reasonsFor } from './exclusions.ts';
import { installTensorflow, Unavailable } from './package.ts';
import type { Comparison } from './parity.ts';

/*
 * Tests the device 'tensorflow' with a real TensorFlow, which lives in a temporary folder as long as this runs:
 * `node tests/tensorflow/run.ts`. Everything counts as skipped where it cannot be fetched.
 */
const TOLERANCE = 1e-3;
const total = { passed: 0, failed: 0, skipped: 0 };

function parity(folder: string): void {
  const script = new URL('./parity.ts', import.meta.url).pathname;
  const { status, stdout } = spawnSync(process.execPath, [script, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`the comparison ended with ${status}`);
  const comparisons = JSON.parse(stdout) as Comparison[];
  for (const { what, error, message } of comparisons) {
    const ok = error !== null && error <= TOLERANCE;
    total[ok ? 'passed' : 'failed']++;
    console.log(`${ok ? 'agrees' : 'FAILS '}  ${error?.toExponential(1) ?? message ?? 'no number'}  ${what}`);
  }
}

async function specs(folder: string): Promise<void> {
  const wanted = [...passing(await runSpecs('cpu'))];
  const ours = await runSpecs('tensorflow', { packages: folder });
  const passed = passing(ours);
  const messages = messagesOf(ours);
  const reasonOf = reasonsFor(folder);
  const failures = wanted.filter((name) => !passed.has(name));
  const unexplained = failures.filter((name) => reasonOf(name) === undefined);
  const counts = new Map<string, number>();
  for (const name of failures) {
    const reason = reasonOf(name);
    if (reason === undefined) console.log(`FAILS  ${name}\n       ${messages.get(name) ?? 'not run'}`);
    else counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const count = wanted.length - failures.length;
  const share = ((100 * count) / wanted.length).toFixed(2);
  console.log(
    `tfjs-core's specs: passed by tfjs's cpu backend ${wanted.length}, of these by tensorflow ${count}, ${share} %`,
  );
  for (const [reason, number] of counts) console.log(`excluded  ${number}: ${reason}`);
  total.passed += count;
  total.failed += unexplained.length;
  total.skipped += failures.length - unexplained.length;
}

const folder = mkdtempSync(join(tmpdir(), 'espalier-tensorflow-'));
// Otherwise TensorFlow reports on the processor it found.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
try {
  await installTensorflow(folder);
  parity(folder);
  await specs(folder);
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.log(`skipped: TensorFlow cannot be had here. ${error.message}`);
  total.skipped++;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
if (total.failed > 0) process.exitCode = 1;
