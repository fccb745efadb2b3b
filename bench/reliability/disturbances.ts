import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../main/engine/base/random.ts';
import { CHECKPOINT_FILE } from '../../main/files/checkpoint-file.ts';
import { digestOf, smallRecipe, startCommand, startEngine, WEIGHTS_FILE } from './program.ts';
import type { Outcome, Suite } from './tally.ts';

const recipe = smallRecipe('magnitude-one-shot');

/** Folders that a run writes into are filled, locked, taken away, or shared by two programs. */
export function disturbances(scratch: string, asked: number): Suite[] {
  const base = join(scratch, 'disturbed');
  let wanted: Promise<string> | undefined;
  const reference = () =>
    (wanted ??= (async () => {
      const folder = fresh(join(base, 'whole'));
      const end = await startEngine(recipe, folder, false).ended;
      if (end.code !== 0) throw new Error(`an undisturbed run failed: ${end.words}`);
      return digestOf(join(folder, WEIGHTS_FILE));
    })());
  const of = (
    id: string,
    label: string,
    trial: (random: Random, folder: string, reference: string) => Promise<Outcome>,
  ): Suite => ({
    id,
    label,
    asked,
    async *trials(from) {
      for (let n = from; ; n++) {
        yield await trial(Random.from(n, id), fresh(join(base, id)), await reference()).catch(
          (error: unknown) => ({
            problem: String(error),
          }),
        );
      }
    },
  });
  return [
    of('full-disk', 'disk that fills up, then has room again', fullDisk),
    of('read-only', 'folder on a read-only disk', readOnly),
    of('removed', 'folder of the run removed while it runs', removed),
    of('two-programs', 'two programs on one run folder', twoPrograms),
  ];
}

function fresh(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Mounts a small disk on a folder for as long as the work takes; says why where that is not allowed. */
async function onSmallDisk(
  folder: string,
  options: string,
  work: () => Promise<string | null>,
): Promise<Outcome> {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return { skipped: 'mounting a small disk is not allowed here' };
  }
  try {
    return { problem: await work() };
  } finally {
    execFileSync('umount', ['-l', folder]);
  }
}

async function fullDisk(random: Random, folder: string, reference: string): Promise<Outcome> {
  const size = 64 + random.int(6000);
  return onSmallDisk(folder, `size=${size}k`, async () => {
    const first = await startEngine(recipe, folder, false).ended;
    if (first.code === 0) return null;
    if (first.problem !== 'files/disk-full') return `it said ${first.problem} (${first.words})`;
    const left = readdirSync(folder).filter((name) => name.endsWith('.partial'));
    if (left.length > 0) return `it left ${left.join(', ')}`;
    execFileSync('mount', ['-o', 'remount,size=64m', folder]);
    const second = await startEngine(recipe, folder, existsSync(join(folder, CHECKPOINT_FILE))).ended;
    if (second.code !== 0) return `with room again it said ${second.problem} (${second.words})`;
    return digestOf(join(folder, WEIGHTS_FILE)) === reference ? null : 'with room again it made other bytes';
  });
}

async function readOnly(_: Random, folder: string): Promise<Outcome> {
  return onSmallDisk(folder, 'size=8m,ro', async () => {
    const { problem, words } = await startEngine(recipe, folder, false).ended;
    return problem === 'files/no-permission' ? null : `it said ${problem} (${words})`;
  });
}

async function removed(random: Random, folder: string): Promise<Outcome> {
  const run = join(folder, 'run');
  const { child, ended } = startEngine(recipe, run, false);
  const over = ended.then(() => true);
  while (!existsSync(join(run, CHECKPOINT_FILE)) && !(await Promise.race([over, delay(5, false)])));
  await delay(random.float() * 1500);
  // The run may write between two steps of the removal.
  rmSync(run, { recursive: true, force: true, maxRetries: 10 });
  const end = await Promise.race([ended, delay(60_000, null)]);
  if (end === null) {
    child.kill('SIGKILL');
    return { problem: 'it hung' };
  }
  // Removed after its last file, or while the last ones were being written: either way it has to end in words.
  const fine = end.code === 0 || end.problem?.startsWith('files/') === true;
  return { problem: fine ? null : `it said ${end.problem} (${end.words})` };
}

async function twoPrograms(random: Random, folder: string, reference: string): Promise<Outcome> {
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify(recipe));
  const begin = ['compress', 'recipe.json', '--out', 'run', '--device', 'onnxruntime'];
  const one = startCommand(begin, folder);
  await delay(random.float() * 4000);
  const begun = existsSync(join(folder, 'run', 'run.json'));
  const two = startCommand(begun && random.int(2) === 0 ? ['resume', 'run'] : begin, folder);
  const ends = await Promise.all([one.ended, two.ended]);
  const unclear = ends.find(({ code }) => code !== 0 && code !== 2 && code !== 1);
  if (unclear !== undefined) return { problem: `one of them ended with ${unclear.code}: ${unclear.words}` };
  const crashed = ends.find(({ words }) => /internal\/bug|crashed|unexpectedly/.test(words));
  if (crashed !== undefined) return { problem: `one of them said: ${crashed.words}` };
  if (!ends.some(({ code }) => code === 0))
    return { problem: `neither finished: ${ends.map(({ words }) => words).join(' | ')}` };
  const found = digestOf(join(folder, 'run', WEIGHTS_FILE));
  if (found === reference) return { problem: null };
  cpSync(join(folder, 'run'), join(folder, 'kept'), { recursive: true });
  return { problem: `other bytes: ${found.slice(0, 12)}` };
}
