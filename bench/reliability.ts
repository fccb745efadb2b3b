import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { damagedFiles } from './reliability/files.ts';
import { disturbances } from './reliability/disturbances.ts';
import { killedCommands, killedEngines, killedServers } from './reliability/kills.ts';
import { refuseUnbuilt } from './reliability/program.ts';
import { attacks } from './reliability/server.ts';
import { damagedStores } from './reliability/store.ts';
import { tableOf, Tally } from './reliability/tally.ts';

/*
 * What the built program survives: `npm run bench:reliability`. It counts what it tried, what survived and what failed by kind,
 * may be stopped and started at any time, and goes on where it was.
 *   --kills N        12: SIGKILLs, shared by engine, command and server (all: 200)
 *   --files N        2000: damaged files (all: 100000)
 *   --trials N       10: of every disturbance of folder, disk and database (all: 50)
 *   --requests N     50: of every attack on the server (all: 500)
 *   --all            the full sizes
 *   --only a,b       kinds by the beginning of their names: kill, files, full-disk, server, ...
 *   --folder PATH    runs/reliability: counts and what is being tried
 *   --json FILE      the counts as JSON
 */
const { values: options } = parseArgs({
  options: {
    kills: { type: 'string' },
    files: { type: 'string' },
    trials: { type: 'string' },
    requests: { type: 'string' },
    all: { type: 'boolean', default: false },
    only: { type: 'string' },
    folder: { type: 'string', default: join(import.meta.dirname, '..', 'runs', 'reliability') },
    json: { type: 'string' },
  },
});

const many = (given: string | undefined, few: number, all: number): number =>
  given === undefined ? (options.all ? all : few) : Number(given);

refuseUnbuilt();
const folder = resolve(options.folder);
const scratch = join(folder, 'scratch');
mkdirSync(scratch, { recursive: true });
const kills = many(options.kills, 12, 200);
const third = Math.floor(kills / 3);
const trials = many(options.trials, 10, 50);
const suites = [
  ...damagedStores(scratch, trials),
  ...attacks(scratch, many(options.requests, 50, 500)),
  ...disturbances(scratch, trials),
  killedServers(scratch, third),
  killedCommands(scratch, third),
  killedEngines(scratch, kills - 2 * third),
  damagedFiles(scratch, many(options.files, 2000, 100_000)),
];
const chosen = options.only?.split(',');
const tally = new Tally(join(folder, 'counts.json'));
for (const suite of suites) {
  if (chosen !== undefined && !chosen.some((start) => suite.id.startsWith(start))) continue;
  console.log(suite.label);
  const { failed } = await tally.run(suite);
  for (const { trial, problem } of failed) console.log(`  trial ${trial}: ${problem}`);
}
const counts = tally.all();
console.log(`\n${cpus()[0]?.model ?? 'unknown processor'}\n\n${tableOf(counts)}`);
if (options.json !== undefined) {
  writeFileSync(options.json, `${JSON.stringify({ processor: cpus()[0]?.model, counts }, null, 2)}\n`);
}
if (Object.values(counts).some(({ failures }) => failures > 0)) process.exitCode = 1;
