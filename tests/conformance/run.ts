import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { exclusionsOf } from './exclusions.ts';
import { messagesOf, passing, runSpecs } from './specs-run.ts';
import { graphicsEnvironment } from './swiftshader.ts';

/*
 * Runs tfjs-core's own specs on tfjs's cpu backend and on ours, and compares: `node tests/conformance/run.ts`.
 * Succeeds when at least 99 % of what the cpu backend passes passes here too and every other one is an exclusion with a reason.
 *   --provider NAME   onnxruntime's execution provider (cpu); webgpu runs on SwiftShader where no GPU answers, and is skipped
 *                     where there is neither
 *   --only TEXT       prints failures of specs whose name contains TEXT, and judges those alone
 *   --json FILE       writes the counts and the failures
 */
const REQUIRED_SHARE = 0.99;

const { values: options } = parseArgs({
  options: {
    provider: { type: 'string', default: 'cpu' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});

/** The environment for the specs; undefined, and said why, where the provider cannot run here. */
async function environmentOf(provider: string): Promise<NodeJS.ProcessEnv | undefined> {
  if (provider !== 'webgpu') return process.env;
  try {
    return await graphicsEnvironment();
  } catch (error) {
    console.log(`skipped: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

const env = await environmentOf(options.provider);
if (env === undefined) process.exit(0);
const exclusions = exclusionsOf(options.provider);

const reference = await runSpecs('cpu');
const providers = options.provider === 'cpu' ? ['cpu'] : [options.provider, 'cpu'];
const ours = await runSpecs('onnxruntime', { providers, env });
const wanted = [...passing(reference)].filter((name) => name.includes(options.only));
const passed = passing(ours);
const messages = messagesOf(ours);

const failures = wanted.filter((name) => !passed.has(name));
const unexplained = failures.filter((name) => !(name in exclusions));
// What only some provider fails may depend on the driver.
const stale = Object.keys(exclusionsOf('cpu')).filter(
  (name) => passed.has(name) && name.includes(options.only),
);
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
