import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { CHECKPOINT_FILE } from '../../main/files/checkpoint-file.ts';
import { Random } from '../../main/engine/base/random.ts';
import {
  digestOf,
  type Ended,
  paradigms,
  smallRecipe,
  startCommand,
  startEngine,
  Studio,
  WEIGHTS_FILE,
} from './program.ts';
import type { Outcome, Suite } from './tally.ts';

/** What an undisturbed run of each paradigm leaves, and how long it takes. */
const whole = new Map<string, { digest: string; ms: number }>();

async function undisturbed(scratch: string, paradigm: string): Promise<{ digest: string; ms: number }> {
  const known = whole.get(paradigm);
  if (known !== undefined) return known;
  const folder = fresh(scratch, `whole-${paradigm}`);
  const start = performance.now();
  const end = await startEngine(smallRecipe(paradigm), folder, false).ended;
  if (end.code !== 0) throw new Error(`an undisturbed run of ${paradigm} failed: ${end.words}`);
  const found = { digest: digestOf(join(folder, WEIGHTS_FILE)), ms: performance.now() - start };
  whole.set(paradigm, found);
  return found;
}

function fresh(scratch: string, name: string): string {
  const folder = join(scratch, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** How often a trial is begun anew because the program was done before it was to be killed. */
const ATTEMPTS = 4;

/** Kills what `start` starts at a random moment. @returns false where it was done before */
async function killed(
  start: () => { child: { kill(signal: 'SIGKILL'): boolean }; ended: Promise<Ended> },
  ms: number,
): Promise<boolean> {
  const { child, ended } = start();
  const end = await Promise.race([ended, delay(ms, null)]);
  if (end === null) child.kill('SIGKILL');
  return (await ended).signal === 'SIGKILL';
}

/** A trial of each number, with a random moment as a share of an undisturbed run's time. */
function suite(
  id: string,
  label: string,
  asked: number,
  trial: (n: number, paradigm: string, moments: Random) => Promise<string | null>,
): Suite {
  return {
    id,
    label,
    asked,
    async *trials(from) {
      for (let n = from; ; n++) {
        const paradigm = paradigms[n % paradigms.length] ?? paradigms[0];
        const problem = await trial(n, paradigm, Random.from(n, id)).catch(String);
        yield { problem: problem === null ? null : `${paradigm}: ${problem}` } satisfies Outcome;
      }
    },
  };
}

const verdict = (found: string, wanted: string): string | null =>
  found === wanted ? null : `other bytes: ${found.slice(0, 12)} instead of ${wanted.slice(0, 12)}`;

/** Engines killed once or twice and resumed. */
export const killedEngines = (scratch: string, asked: number): Suite =>
  suite('kill-engine', 'engine killed, resumed to the same bytes', asked, async (_, paradigm, random) => {
    const { digest, ms } = await undisturbed(scratch, paradigm);
    const folder = fresh(scratch, 'engine');
    const recipe = smallRecipe(paradigm);
    const start = (resume: boolean) => () => startEngine(recipe, folder, resume);
    let times = 1 + random.int(2);
    for (let attempt = 0; attempt < ATTEMPTS && times > 0; attempt++) {
      const resume = existsSync(join(folder, CHECKPOINT_FILE));
      if (await killed(start(resume), random.float() * ms)) times--;
    }
    const end = await startEngine(recipe, folder, existsSync(join(folder, CHECKPOINT_FILE))).ended;
    if (end.code !== 0) return `resuming failed: ${end.words}`;
    return verdict(digestOf(join(folder, WEIGHTS_FILE)), digest);
  });

/** Commands killed; their engines have to end by themselves. */
export const killedCommands = (scratch: string, asked: number): Suite =>
  suite('kill-command', 'command killed, resumed to the same bytes', asked, async (_, paradigm, random) => {
    const { digest, ms } = await undisturbed(scratch, paradigm);
    const folder = fresh(scratch, 'command');
    writeFileSync(join(folder, 'recipe.json'), JSON.stringify(smallRecipe(paradigm)));
    const begin = ['compress', 'recipe.json', '--out', 'run', '--device', 'onnxruntime'];
    await killed(() => startCommand(begin, folder), random.float() * ms);
    const begun = existsSync(join(folder, 'run', 'run.json'));
    const end = await startCommand(begun ? ['resume', 'run'] : [...begin, '--overwrite'], folder).ended;
    if (end.code !== 0) return `resuming failed with ${end.code}: ${end.words}`;
    return verdict(digestOf(join(folder, 'run', WEIGHTS_FILE)), digest);
  });

/** Servers killed with a run in them; the database has to be sound, the run has to be told as interrupted. */
export const killedServers = (scratch: string, asked: number): Suite =>
  suite(
    'kill-server',
    'server killed: store sound, run resumed to the same bytes',
    asked,
    async (_, paradigm, random) => {
      const { digest, ms } = await undisturbed(scratch, paradigm);
      const home = fresh(scratch, 'home');
      const first = await Studio.start(home, [scratch]);
      await first.ask('settings.set', { device: 'onnxruntime' });
      const { id: projectId } = await first.ask<{ id: number }>('projects.create', { name: 'p' });
      const recipe = smallRecipe(paradigm);
      let { id } = await first.ask<{ id: number }>('runs.start', { projectId, recipe });
      await delay(random.float() * ms);
      first.child.kill('SIGKILL');
      await first.ended;
      const db = new Sqlite(join(home, 'espalier.db'));
      const sound = db.pragma('integrity_check', { simple: true });
      db.close();
      if (sound !== 'ok') return `the database is damaged: ${String(sound)}`;
      const second = await Studio.start(home, [scratch]);
      try {
        const { state } = await second.ask<{ state: string }>('runs.get', { id });
        if (!['interrupted', 'finished'].includes(state)) return `the run was told as ${state}`;
        // Before its first checkpoint there is nothing to go on from: it is started once more, in the same folder's place.
        if (state === 'interrupted' && !existsSync(join(home, 'runs', String(id), CHECKPOINT_FILE))) {
          ({ id } = await second.ask<{ id: number }>('runs.start', { projectId, recipe }));
        } else if (state === 'interrupted') await second.ask('runs.resume', { id });
        const ended = await second.endOfRun(id);
        if (ended !== 'finished') return `resumed, it ended as ${ended}`;
        return verdict(digestOf(join(home, 'runs', String(id), WEIGHTS_FILE)), digest);
      } finally {
        await second.close();
      }
    },
  );
