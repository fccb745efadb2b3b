// Runs one bundle of specs in a process of its own: `node worker.mjs BUNDLE RESULTS [PACKAGES]`.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Jasmine from 'jasmine';

const [bundle, resultsFile, packages] = process.argv.slice(2);
const results = [];
const runner = new Jasmine();
runner.exitOnCompletion = false;
runner.clearReporters();
runner.loadConfig({ random: false });
runner.addReporter({
  specDone: ({ fullName, status, failedExpectations }) =>
    results.push({ name: fullName, status, message: failedExpectations[0]?.message ?? '' }),
});
// The specs say how slow plain JavaScript and how deprecated things are.
console.warn = () => undefined;
console.log = () => undefined;
console.error = () => undefined;
// All copies of tfjs-core in a process share one engine, so what the device registers is there for the specs.
if (packages !== undefined) {
  const { openTensorflow } = await import('../../main/engine/backend/tensorflow.ts');
  const require = createRequire(join(packages, 'package.json'));
  await openTensorflow(async (name) => require(name));
}
runner.execute([bundle]).then(() => {
  writeFileSync(resultsFile, JSON.stringify(results));
  process.exit(0);
});
