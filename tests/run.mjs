import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/**
 * Everything that must hold, in one command: formatting, lint, types, unit tests, TensorFlow.js's own suite on our backend, the
 * studio in Chromium, the Electron app. What cannot run here is counted as skipped and says what it lacks. The last line counts.
 */

const root = new URL('..', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'espalier-tests-'));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}` };
const total = { passed: 0, failed: 0, skipped: 0 };
/** What failed, by name: the last lines say it again, since a log of thousands of tests is often cut. */
const broken = [];

function run(program, args) {
  const start = performance.now();
  const { status } = spawnSync(program, args, { cwd: root, env, stdio: 'inherit' });
  console.log(`(${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return status === 0;
}

function add(name, { passed = 0, failed = 0, skipped = 0, which = [] }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  if (failed > 0) broken.push(...(which.length > 0 ? which.map((test) => `${name}: ${test}`) : [name]));
}

/** A program that passes or fails as a whole. */
function check(name, program, args) {
  console.log(`\n== ${name}`);
  add(name, run(bin(program), args) ? { passed: 1 } : { failed: 1 });
}

/** A Vitest run, counted test by test. A file that cannot even be loaded counts as one failure. */
function vitest(name, config) {
  console.log(`\n== ${name}`);
  const file = join(scratch, `${name}.json`);
  const ok = run(bin('vitest'), [
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  if (!existsSync(file)) return add(name, { failed: 1 });
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const tests = report.testResults.flatMap((suite) => suite.assertionResults);
  const count = (...states) => tests.filter((test) => states.includes(test.status)).length;
  const unloaded = report.testResults.filter(
    (suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = count('failed') + unloaded.length;
  for (const test of tests.filter(({ status }) => status === 'skipped' || status === 'pending')) {
    console.log(`skipped: ${test.fullName}`);
  }
  return add(name, {
    passed: count('passed'),
    failed: failed === 0 && !ok ? 1 : failed,
    skipped: count('skipped', 'pending', 'todo', 'disabled'),
    which: [
      ...tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
      ...unloaded.map(({ name: file }) => `${relative(root, file)} as a whole`),
    ],
  });
}

/** TensorFlow.js's own specs on our backend; those that are excluded, each with its reason, count as skipped. */
function conformance() {
  const name = 'conformance';
  console.log(`\n== ${name}`);
  const file = join(scratch, 'conformance.json');
  const ok = run(bin('node'), ['tests/conformance/run.ts', '--json', file]);
  if (!existsSync(file)) return add(name, { failed: 1 });
  const { reference, passed, unexplained, stale } = JSON.parse(readFileSync(file, 'utf8'));
  const failed = unexplained.length + stale.length;
  return add(name, {
    passed,
    failed: failed === 0 && !ok ? 1 : failed,
    skipped: reference - passed - unexplained.length,
  });
}

try {
  check('formatting', 'prettier', ['--check', '--log-level', 'warn', '.']);
  check('lint', 'eslint', ['.', '--max-warnings', '0']);
  check('nothing unused', 'knip', ['--no-progress']);
  check('types of main, preload, tests', 'tsc', ['-p', 'tsconfig.json']);
  check('types of the renderer', 'vue-tsc', ['-p', 'renderer/tsconfig.json']);
  check('build', 'electron-vite', ['build', '--logLevel', 'warn']);
  vitest('unit', 'tests/vitest.config.ts');
  conformance();
  vitest('web', 'tests/web/vitest.config.ts');
  vitest('electron', 'tests/electron/vitest.config.ts');
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

for (const test of broken) console.log(`failed: ${test}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
