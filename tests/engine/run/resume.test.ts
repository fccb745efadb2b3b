import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EngineMessage, HostMessage } from '../../../main/contract/messages.ts';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { CHECKPOINT_FILE } from '../../../main/files/checkpoint-file.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { runSession } from '../../../main/engine/run/session.ts';

const entry = new URL('../../../main/engine/process/entry.ts', import.meta.url);
const scratch = mkdtempSync(join(tmpdir(), 'espalier-resume-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const base: RecipeInput = {
  network: 'lenet-300-100',
  data: { kind: 'digits', train: 640, test: 200 },
  seed: 7,
  dense: { epochs: 3 },
  paradigm: 'magnitude-gradual',
  prune: { epochs: 2 },
  budget: { sparsity: 0.8 },
  finetune: { epochs: 2, optimizer: 'adam', lr: 0.001 },
  export: ['safetensors'],
};

/** Channels leave this one's network between the epochs of the pruning and after it. */
const shrinking: RecipeInput = {
  ...base,
  network: 'lenet-5-caffe',
  narrow: 0.75,
  data: { kind: 'digits', train: 256, test: 100 },
  dense: { epochs: 1, batchSize: 32 },
  prune: { structure: { kind: 'channel' }, epochs: 3, updatesPerEpoch: 2 },
  budget: { macs: 0.4 },
  finetune: { epochs: 2, batchSize: 32, optimizer: 'adam', lr: 0.001 },
};
const recipes = { 'masks weights': base, 'loses channels on its way': shrinking };

interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  messages: EngineMessage[];
}

/** Runs the engine's process; `disturb` may post to it or kill it on any message. */
function engine(
  recipe: RecipeInput,
  folder: string,
  resume: boolean,
  disturb: (message: EngineMessage, act: { post: (m: HostMessage) => void; kill: () => void }) => void = () =>
    undefined,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const messages: EngineMessage[] = [];
    const post = (message: HostMessage): void => void child.send(message);
    child.on('message', (raw) => {
      const message = raw as EngineMessage;
      messages.push(message);
      if (message.type === 'ready') {
        const parsed = recipeSchema.parse(recipe);
        post({ type: 'start', recipe: parsed, folder, baseFolder: scratch, device: 'onnxruntime', resume });
      }
      disturb(message, { post, kill: () => child.kill('SIGKILL') });
    });
    child.on('exit', (code, signal) => resolve({ code, signal, messages }));
  });
}

/** Asks for a checkpoint at one of the moments at which a run can be stopped. */
class AskingControl extends Control {
  asked = false;
  private left: number;

  constructor(gates: number) {
    super();
    this.left = gates;
  }

  override async gate(): Promise<void> {
    if (--this.left === 0) {
      this.asked = true;
      this.askCheckpoint();
    }
    return super.gate();
  }
}

const weightsOf = (folder: string) => readFileSync(join(folder, 'weights.safetensors')).toString('base64');
const undisturbed = new Map<RecipeInput, string>();

/** The final weights of an undisturbed run. */
async function reference(recipe: RecipeInput = base): Promise<string> {
  const folder = join(scratch, recipe === base ? 'undisturbed' : `undisturbed-${undisturbed.size}`);
  const known = undisturbed.get(recipe);
  if (known !== undefined) return known;
  expect((await engine(recipe, folder, false)).code).toBe(0);
  const weights = weightsOf(folder);
  undisturbed.set(recipe, weights);
  return weights;
}

describe('a run that is disturbed', () => {
  it.each(Object.entries(recipes))(
    'gives the same bytes when it %s, is killed at random moments and resumed',
    async (what, recipe) => {
      const seed = Number(process.env['ESPALIER_SEED'] ?? Date.now() % 2 ** 31);
      console.log(`kills by seed ${seed}: ESPALIER_SEED=${seed} repeats them`);
      const random = Random.from(seed, 'kills');
      const folder = join(scratch, `killed-${what}`);
      let kills = 0;
      for (let attempt = 0; attempt < 40; attempt++) {
        let left = 1 + random.int(15);
        const resume = existsSync(join(folder, CHECKPOINT_FILE));
        const outcome = await engine(recipe, folder, resume, (message, { kill }) => {
          // Not 'progress': how many of these there are depends on the machine's speed.
          const counts = message.type === 'metrics' || message.type === 'checkpoint';
          if (kills < 5 && counts && --left === 0) kill();
        });
        if (outcome.signal !== 'SIGKILL') {
          expect(outcome.code).toBe(0);
          break;
        }
        kills++;
      }
      expect(kills).toBeGreaterThanOrEqual(3);
      expect(weightsOf(folder)).toBe(await reference(recipe));
    },
  );

  it('gives the same bytes when it is cancelled within an epoch, and resumed', async () => {
    const folder = join(scratch, 'cancelled');
    let seen = 0;
    const first = await engine(base, folder, false, (message, { post }) => {
      if (message.type === 'metrics' && ++seen === 35) post({ type: 'cancel' });
    });
    expect(first.code).toBe(0);
    expect(first.messages.at(-1)).toEqual({ type: 'state', state: 'cancelled' });
    expect(existsSync(join(folder, 'weights.safetensors'))).toBe(false);
    expect((await engine(base, folder, true)).code).toBe(0);
    expect(weightsOf(folder)).toBe(await reference());
  });

  it('writes a checkpoint within an epoch when it is asked to, from which it gives the same bytes', async () => {
    const folder = join(scratch, 'asked');
    const control = new AskingControl(4);
    const options = { recipe: recipeSchema.parse(base), folder, baseFolder: scratch, device: 'onnxruntime' };
    const stopped = runSession({ ...options, resume: false }, control, (message) => {
      if (message.type === 'checkpoint' && control.asked) throw new Error('killed');
    });
    await expect(stopped).rejects.toThrow('killed');
    const second = await engine(base, folder, true);
    expect(second.code).toBe(0);
    const going = second.messages.flatMap((m) =>
      m.type === 'log' ? (/after (\d+) steps/.exec(m.text)?.[1] ?? []) : [],
    );
    const epochs = second.messages
      .flatMap((m) => (m.type === 'metrics' ? m.points : []))
      .filter(({ epoch }) => Number.isInteger(epoch));
    // No epoch ends there.
    expect(Number(going[0])).toBeGreaterThan(0);
    expect(Number(going[0]) % ((epochs[0]?.step ?? 0) / (epochs[0]?.epoch ?? 1))).toBeGreaterThan(0);
    expect(weightsOf(folder)).toBe(await reference());
  });

  it('waits while it is paused, and goes on', async () => {
    const folder = join(scratch, 'paused');
    const states: string[] = [];
    let paused = 0;
    const outcome = await engine(base, folder, false, (message, { post }) => {
      if (message.type === 'metrics' && paused === 0) {
        paused = Date.now();
        post({ type: 'pause' });
      }
      if (message.type === 'state') states.push(message.state);
      if (message.type === 'state' && message.state === 'paused')
        setTimeout(() => post({ type: 'resume' }), 300);
    });
    expect(outcome.code).toBe(0);
    expect(states).toEqual(['preparing', 'running', 'paused', 'running', 'finished']);
    expect(weightsOf(folder)).toBe(await reference());
  });

  it('gives the same bytes when it is killed while it learns from the dense network, and resumed', async () => {
    const taught: RecipeInput = {
      ...base,
      paradigm: 'magnitude-one-shot',
      prune: {},
      dense: { epochs: 1 },
      finetune: { epochs: 3, distill: { weight: 0.5, temperature: 3 } },
    };
    const whole = join(scratch, 'taught');
    expect((await engine(taught, whole, false)).code).toBe(0);
    const folder = join(scratch, 'taught-killed');
    let killed = false;
    const first = await engine(taught, folder, false, (message, { kill }) => {
      if (!killed && message.type === 'checkpoint' && message.stage === 3 && message.epoch === 2) {
        killed = true;
        kill();
      }
    });
    expect(first.signal).toBe('SIGKILL');
    expect((await engine(taught, folder, true)).code).toBe(0);
    expect(weightsOf(folder)).toBe(weightsOf(whole));
    const { finetune: _taught, ...rest } = taught;
    const alone = join(scratch, 'untaught');
    expect((await engine({ ...rest, finetune: { epochs: 3 } }, alone, false)).code).toBe(0);
    expect(weightsOf(alone)).not.toBe(weightsOf(whole));
  });

  it('refuses to go on from a checkpoint of another recipe, and says so', async () => {
    await reference();
    const other = { ...base, seed: 8 };
    const { code, messages } = await engine(other, join(scratch, 'undisturbed'), true);
    expect(code).toBe(1);
    const failed = messages.find((message) => message.type === 'failed');
    expect(failed?.type === 'failed' && failed.problem.code).toBe('checkpoint/other-recipe');
  });
});
