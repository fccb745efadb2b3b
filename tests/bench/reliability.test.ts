import { join } from 'node:path';
import { expect, it } from 'vitest';
import { damagedFiles } from '../../bench/reliability/files.ts';
import { damagedStores } from '../../bench/reliability/store.ts';
import { type Suite, tableOf, Tally } from '../../bench/reliability/tally.ts';
import { temporaryFolder } from '../support/folder.ts';

/** The first trials of `npm run bench:reliability`; each derives from its number, so that they are the same everywhere. */

const scratch = temporaryFolder();

it('counts on where it was stopped, tells failures by their numbers, and says what could not be tried', async () => {
  const file = join(scratch, 'counts.json');
  const tried: number[] = [];
  const suite = (asked: number): Suite => ({
    id: 'odd',
    label: 'odd numbers fail',
    asked,
    async *trials(from) {
      for (let n = from; ; n++) {
        tried.push(n);
        yield { problem: n % 2 === 0 ? null : `${n} is odd` };
      }
    },
  });
  await new Tally(file).run(suite(3));
  const again = new Tally(file);
  await again.run(suite(4));
  await again.run({
    id: 'none',
    label: 'never',
    asked: 1,
    async *trials() {
      yield { skipped: 'no disk' };
    },
  });
  expect(tried).toEqual([0, 1, 2, 3]);
  expect(again.all()['odd']).toMatchObject({
    tried: 4,
    survived: 2,
    failures: 2,
    failed: [
      { trial: 1, problem: '1 is odd' },
      { trial: 3, problem: '3 is odd' },
    ],
  });
  expect(tableOf(again.all())).toMatch(/odd numbers fail +4 +4 +2 +2\n.*never +skipped: no disk/);
});

it('databases that are damaged, cut short or of a later version work or are refused in words', async () => {
  const tally = new Tally(join(scratch, 'stores.json'));
  for (const suite of damagedStores(scratch, 6)) {
    expect(await tally.run(suite)).toMatchObject({ tried: 6, survived: 6, failed: [] });
  }
});

it('damaged models, data, recipes and checkpoints are read or refused in words, in bounded time and memory', async () => {
  const count = await new Tally(join(scratch, 'files.json')).run(damagedFiles(scratch, 150));
  expect(count).toMatchObject({ tried: 150, survived: 150, failed: [] });
});
