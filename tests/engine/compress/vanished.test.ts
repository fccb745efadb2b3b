import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EngineMessage } from '../../../main/contract/messages.ts';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { classWeights, lostClasses, vanishedIn } from '../../../main/engine/compress/vanished.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'espalier-vanished-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const build = (id: string) => {
  const entry = zoo.get(id);
  return entry.build({ input: entry.defaultInput, classes: 10 });
};

describe('what masks leave nothing of', () => {
  it.each(zoo.items.map(({ id }) => id))('knows the layer of the classes in %s', (id) => {
    const network = build(id);
    const name = classWeights(network) ?? '';
    expect(network.params[name]?.shape[0]).toBe(10);
    expect(network.nodes.findLast((node) => node.params['weight'] !== undefined)?.params['weight']).toBe(
      name,
    );
  });

  it('names emptied layers, layers of one weight, and classes without inputs', () => {
    const network = build('lenet-300-100');
    const fc3 = new Uint8Array(1000).fill(1);
    fc3.fill(0, 300, 400);
    fc3.fill(0, 901);
    const fc2 = new Uint8Array(30_000);
    fc2[17] = 1;
    const masks = new Map([
      ['fc1.weight', new Uint8Array(235_200)],
      ['fc2.weight', fc2],
      ['fc3.weight', fc3],
    ]);
    expect(vanishedIn(network, masks)).toEqual({
      empty: ['fc1.weight'],
      single: ['fc2.weight'],
      classes: [3],
    });
    expect(lostClasses(network, new Map())).toEqual([]);
  });
});

let runs = 0;
async function run(change: Partial<RecipeInput>) {
  const folder = join(scratch, String(runs++));
  const recipe = recipeSchema.parse({
    network: 'lenet-300-100',
    data: { kind: 'digits', train: 192, validation: 0, test: 40 },
    seed: 5,
    baseline: false,
    export: ['safetensors'],
    ...change,
  });
  const messages: EngineMessage[] = [];
  const options = { recipe, folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume: false };
  const report = await runSession(options, new Control(), (message) => messages.push(message));
  const logged = messages.flatMap((m) => (m.type === 'log' && m.level === 'warning' ? [m.text] : []));
  const { tensors } = readSafetensors(readFileSync(join(folder, 'masks.safetensors')));
  const masks = new Map(tensors.map(({ name, data }) => [name, data as Uint8Array]));
  return { report, logged, masks };
}

describe('a run', () => {
  it('warns of the classes that a random mask leaves without inputs, and says so in its report', async () => {
    const { report, logged, masks } = await run({
      paradigm: 'random-uniform',
      budget: { sparsity: 0.99 },
      dense: { epochs: 0 },
    });
    const lost = lostClasses(build('lenet-300-100'), masks);
    expect(lost.length).toBeGreaterThan(0);
    expect(logged.at(-1)).toMatch(new RegExp(`recognise: ${lost.join(', ')}\\.$`));
    expect(report.warnings).toEqual(logged);
  });

  it.each<[string, Partial<RecipeInput>]>([
    ['magnitude-gradual', { dense: { epochs: 1 }, prune: { epochs: 2, protect: false } }],
    ['imp', { dense: { epochs: 1 }, prune: { rounds: 4, protect: false } }],
    ['set', { dense: { epochs: 2 }, prune: { scope: 'global', protect: false, dynamics: { every: 1 } } }],
    ['gibbs', { dense: { epochs: 2 }, prune: { scope: 'global', protect: false } }],
  ])('%s warns of every layer once, however often its masks change', async (paradigm, change) => {
    const { report, logged } = await run({ paradigm, budget: { sparsity: 0.9999 }, ...change });
    const { emptyLayers } = report.checks;
    expect(emptyLayers.length).toBeGreaterThan(0);
    const told = logged
      .filter((text) => text.includes('empty these layers'))
      .flatMap((text) => text.replace(/^.*: /, '').replace(/\.$/, '').split(', '));
    expect(told).toEqual([...new Set(told)]);
    for (const name of emptyLayers) expect(told).toContain(name);
    expect(report.warnings).toEqual(logged);
  });
});
