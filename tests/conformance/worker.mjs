// Runs one bundle of specs in a process of its own: `node worker.mjs BUNDLE RESULTS`.
import { writeFileSync } from 'node:fs';
import Jasmine from 'jasmine';

const [bundle, resultsFile] = process.argv.slice(2);
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
runner.execute([bundle]).then(() => {
  writeFileSync(resultsFile, JSON.stringify(results));
  process.exit(0);
});
