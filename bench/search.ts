import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Control } from '../main/engine/base/control.ts';
import { runSession } from '../main/engine/run/session.ts';
import { CHECKPOINT_FILE } from '../main/files/checkpoint-file.ts';
import { cases, recipeOf, SEEDS } from './search/cases.ts';
import { keepSearch, readSearches } from './search/measured.ts';

/*
 * Ways of searching for widths beside each other, with as many evaluations each: `npm run bench:search`. Does the cases and seeds that are
 * not measured yet (bench/search/cases.ts) and may be stopped and started at any time: runs go on from their checkpoints, and what they
 * came to is added to bench/search/measured.json, from where `npm run bench:quality -- --document` writes docs/results.md.
 *   --out FOLDER     runs/search      --only a,b     cases by name
 *   --threads N      1                --seeds a,b    1,2,3
 */
const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'runs', 'search') },
    only: { type: 'string' },
    seeds: { type: 'string', default: SEEDS.join() },
    threads: { type: 'string', default: '1' },
  },
});
const out = resolve(options.out);
const only = options.only?.split(',');

// One seed of every case comes before the next seed.
for (const seed of options.seeds.split(',').map(Number)) {
  for (const one of cases.filter(({ id }) => only?.includes(id) !== false)) {
    if (readSearches().some((run) => run.case === one.id && run.seed === seed)) continue;
    const folder = join(out, `${one.id}-${seed}`);
    console.log(`\n${one.title}, seed ${seed}`);
    const { createdAt, device, timings, dense, compressed, search } = await runSession(
      {
        recipe: recipeOf(one, seed),
        folder,
        baseFolder: join(import.meta.dirname, 'search'),
        device: 'onnxruntime',
        threads: Number(options.threads),
        resume: existsSync(join(folder, CHECKPOINT_FILE)),
      },
      new Control(),
      (message) => {
        if (message.type === 'log') console.log(message.text);
      },
    );
    if (search === null || dense === null) throw new Error('a search is reported beside the dense network');
    keepSearch({
      case: one.id,
      seed,
      createdAt,
      device,
      seconds: timings.total,
      dense: dense.accuracy,
      compressed: compressed.accuracy,
      search,
    });
  }
}
