import '@tensorflow/tfjs-backend-cpu';
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EngineMessage, HostMessage } from '../../../main/contract/messages.ts';
import { recipeSchema, type Recipe } from '../../../main/contract/recipe.ts';
import { reportSchema, type Report } from '../../../main/contract/report.ts';
import { paradigms } from '../../../main/engine/compress/paradigms/index.ts';
import { CancelledError, Control } from '../../../main/engine/base/control.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { Stop } from './stop.ts';
import { usualBudget } from '../../support/usual-budget.ts';

const scratch = mkdtempSync(join(tmpdir(), 'espalier-reproduce-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Where runs are disturbed differs from one run of the tests to the next; a failure names its seed. */
const seed = Number(process.env['ESPALIER_TEST_SEED'] ?? Date.now() % 1_000_000);
const device = 'onnxruntime';

/** A small run of every paradigm: all stages that it presets, on a network of some thousand weights. */
function recipeOf(id: string): Recipe {
  const { defaults, point } = paradigms.get(id);
  const norms = point.criterion === 'bn-scale' || point.structure === 'channel';
  const training = (epochs: number) => ({ epochs, batchSize: 6 });
  return recipeSchema.parse({
    network: norms ? 'vgg-like' : 'lenet-300-100',
    narrow: norms ? 0.99 : 0.97,
    data: { kind: 'digits', train: 126, validation: 40, test: 40 },
    seed: 3,
    baseline: false,
    paradigm: id,
    budget: usualBudget(id, 0.8),
    ...(defaults.dense === null ? {} : { dense: training(2) }),
    prune: {
      ...(defaults.pruneEpochs === null ? {} : { epochs: 2 }),
      ...(point.schedule === 'iterative' && point.fuses !== true ? { rounds: 3 } : {}),
      ...(point.search === undefined ? {} : { search: { evaluations: 12, samples: 20 } }),
    },
    ...(defaults.finetune === null ? {} : { finetune: training(1) }),
    export: ['onnx', 'safetensors'],
  });
}

function session(recipe: Recipe, folder: string, resume: boolean, control: Control): Promise<Report> {
  const options = { recipe, folder, baseFolder: scratch, device, threads: 1, resume };
  return runSession(options, control, () => undefined);
}

/** What a run came to, without what hangs on seconds: the report's numbers, and the files by their hashes. */
function numbersOf(report: Report): unknown {
  const { createdAt: _at, timings: _timings, verdict: _words, files, ...rest } = report;
  const kept = files.filter(({ kind }) => kind !== 'report-html');
  // Wherever a latency stands, it is the clock's.
  return JSON.parse(
    JSON.stringify({ ...rest, files: kept }, (key, value: unknown) =>
      key.startsWith('latency') || key === 'besideMs' ? null : value,
    ),
  );
}

const filesOf = (folder: string) =>
  ['weights.safetensors', 'masks.safetensors', 'model.onnx'].map((name) =>
    readFileSync(join(folder, name)).toString('base64'),
  );

/** Expects a folder to hold, byte for byte, what an undisturbed run left. */
function expectSame(report: Report, folder: string, whole: Report, wholeFolder: string): void {
  expect(filesOf(folder)).toEqual(filesOf(wholeFolder));
  expect(numbersOf(report)).toEqual(numbersOf(whole));
}

describe(`every paradigm (disturbed by seed ${seed})`, () => {
  it.each(paradigms.items.map(({ id }) => id))('%s ends with the same bytes', async (id) => {
    const recipe = recipeOf(id);
    const random = Random.from(seed, id);
    const folder = (name: string) => join(scratch, `${id}-${name}`);
    const undisturbed = new Stop();
    const whole = await session(recipe, folder('whole'), false, undisturbed);
    // Where whole channels leave, those are counted.
    const [{ before, after } = { before: 1, after: 0 }] = whole.promises;
    // To the nearest hundredth, or the channel where these are fewer.
    const share = paradigms.get(id).point.fuses === true ? 0.33 : 0.8;
    expect(Math.abs(1 - after / before - share)).toBeLessThan(Math.max(0.005, 1 / before));

    const again = await session(recipe, folder('again'), false, new Control());
    expectSame(again, folder('again'), whole, folder('whole'));

    // Cancelled, resumed, cancelled again, resumed to the end.
    const first = 1 + random.int(undisturbed.gates);
    const second = 1 + random.int(Math.max(1, undisturbed.gates - first));
    let resume = false;
    for (const at of [first, second]) {
      await session(recipe, folder('cancelled'), resume, new Stop(at)).catch((error: unknown) => {
        if (!(error instanceof CancelledError)) throw error;
      });
      resume = true;
    }
    const report = await session(recipe, folder('cancelled'), true, new Control());
    expectSame(report, folder('cancelled'), whole, folder('whole'));
  });

  it('ends with the same bytes when its process is killed', { timeout: 120_000 }, async () => {
    const random = Random.from(seed, 'kills');
    const ids = random.shuffle(Uint32Array.from(paradigms.items, (_, i) => i)).slice(0, 2);
    for (const index of ids) {
      const id = paradigms.items[index]?.id ?? '';
      const recipe = recipeOf(id);
      const wholeFolder = join(scratch, `${id}-killed-whole`);
      const whole = await session(recipe, wholeFolder, false, new Control());
      const folder = join(scratch, `${id}-killed`);
      // Not at the very end, where the process may be faster.
      let left = 1 + random.int(whole.history.length - 6);
      const killed = await engine(recipe, folder, false, (message, kill) => {
        if (message.type === 'metrics' && (left -= message.points.length) <= 0) kill();
      });
      expect(killed, `${id} was not killed`).toBe('SIGKILL');
      expect(await engine(recipe, folder, true), id).toBe(0);
      const report = reportSchema.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
      expectSame(report, folder, whole, wholeFolder);
    }
  });
});

/** Runs the engine's process; resolves to its exit code or the signal that ended it. */
function engine(
  recipe: Recipe,
  folder: string,
  resume: boolean,
  watch: (message: EngineMessage, kill: () => void) => void = () => undefined,
): Promise<number | string | null> {
  return new Promise((resolve) => {
    const entry = new URL('../../../main/engine/process/entry.ts', import.meta.url);
    const child = fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const start: HostMessage = {
      type: 'start',
      recipe,
      folder,
      baseFolder: scratch,
      device,
      threads: 1,
      resume,
    };
    child.on('message', (message: EngineMessage) => {
      if (message.type === 'ready') child.send(start);
      watch(message, () => child.kill('SIGKILL'));
    });
    child.on('exit', (code, signal) => resolve(signal ?? code));
  });
}
