import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRecipe } from '../../main/cli/recipe-file.ts';
import { zoo } from '../../main/engine/zoo/index.ts';
import { initialize } from '../../main/engine/network/initialize.ts';
import { writeOnnx } from '../../main/engine/formats/onnx/write.ts';
import { Random } from '../../main/engine/base/random.ts';
import { cli } from './harness.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-init-'));
});
afterEach(() => rm(folder, { recursive: true }));

const init = (...argv: string[]) => cli(['init', ...argv], { cwd: folder });
const given = (goal: string, amount: string, network = 'lenet-5-caffe') => [
  ...['--network', network, '--data', 'digits'],
  ...['--goal', goal, '--amount', amount, '--out', 'recipe.yaml'],
];

describe('init with everything given', () => {
  it.each([
    ['sparsity', '90 %', { sparsity: 0.9 }],
    ['sparsity', '0.985', { sparsity: 0.985 }],
    ['parameters', '50000', { parameters: 50_000 }],
    ['macs', '50%', { macs: 0.5 }],
    ['channels', '0.5', { channels: 0.5 }],
    ['memory', '60 %', { memory: 0.6 }],
    ['bytes', '20 %', { bytes: { kept: 0.2, gzip: true } }],
    ['latency', '2 ms', { latency: { ms: 2 } }],
    ['latency', '50 %', { latency: { kept: 0.5 } }],
    ['accuracyDrop', '1', { accuracyDrop: 1 }],
  ])('writes a recipe for %s, %s, that validates and says what it is', async (goal, amount, budget) => {
    const { code, stdout } = await init(...given(goal, amount));
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'recipe.yaml\n' });
    const { recipe } = await readRecipe('recipe.yaml', folder);
    expect(recipe).toMatchObject({ network: 'lenet-5-caffe', data: 'digits', budget });
    // Zeros make no call faster and nothing but downloads smaller.
    const zeros = ['sparsity', 'bytes', 'accuracyDrop'].includes(goal);
    expect(recipe.prune.structure?.kind).toBe(zeros ? undefined : 'channel');
    const text = await readFile(join(folder, 'recipe.yaml'), 'utf8');
    for (const field of Object.keys(recipe).filter((name) => text.includes(`\n${name}:`)))
      expect(text).toMatch(new RegExp(`\n# [^\n]+\n${field}:`));
  });

  it.each([
    ['sparsity', '100 %', 'the share that goes'],
    ['macs', '2 ms', 'Milliseconds are of latencies'],
    ['parameters', '1.5', 'a whole number'],
    ['latency', '3', 'or milliseconds'],
    ['accuracyDrop', '10 %', 'percentage points'],
    ['bytes', 'small', 'Give a number'],
  ])('refuses %s, %s', async (goal, amount, remedy) => {
    const { code, stderr } = await init(...given(goal, amount));
    expect(code).toBe(2);
    expect(stderr).toContain(`--amount: '${amount}' is not an amount for this goal.`);
    expect(stderr).toContain(remedy);
    expect(await readdir(folder)).toEqual([]);
  });

  it('never replaces a file', async () => {
    await writeFile(join(folder, 'recipe.yaml'), 'mine');
    const { code, stderr } = await init(...given('sparsity', '90 %'));
    expect(code).toBe(2);
    expect(stderr).toContain('recipe.yaml: There is a file of this name already.');
    expect(await readFile(join(folder, 'recipe.yaml'), 'utf8')).toBe('mine');
  });

  it('names files from where the recipe will be, and prunes trained weights as they came', async () => {
    const network = zoo.get('lenet-300-100').build({ input: [1, 28, 28], classes: 10 });
    await mkdir(join(folder, 'nets'));
    await writeFile(join(folder, 'nets', 'mine.onnx'), writeOnnx(network, initialize(network, Random.from(1, 'test')))); // prettier-ignore
    await writeFile(join(folder, 'table.csv'), 'a,label\n1,x\n2,y\n');
    const argv = [
      '--network',
      'nets/mine.onnx',
      '--data',
      'csv:table.csv',
      '--goal',
      'sparsity',
      '--amount',
      '0.5',
    ];
    expect(await init(...argv, '--out', 'recipes/first.yaml')).toMatchObject({ code: 0 });
    const text = await readFile(join(folder, 'recipes', 'first.yaml'), 'utf8');
    expect(text).toContain('network: ../nets/mine.onnx');
    expect(text).toMatch(/data:\n {2}kind: csv\n {2}path: \.\.\/table\.csv\n#/);
    expect(text).not.toContain('\ndense:');
    expect((await readRecipe('recipes/first.yaml', folder)).recipe.dense).toBe(undefined);
  });

  it('refuses a network that is not there, before it writes', async () => {
    for (const [network, text] of [
      ['lenet-5', "Did you mean 'lenet-5-caffe'?"],
      ['nowhere.onnx', 'There is no such file'],
    ] as const) {
      const { code, stderr } = await init(...given('sparsity', '0.9', network));
      expect(code).toBe(2);
      expect(stderr).toContain(text);
    }
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('init without a terminal', () => {
  it('says which options are missing', async () => {
    const { code, stderr } = await init('--network', 'lenet-5-caffe', '--goal', 'sparsity');
    expect(code).toBe(2);
    expect(stderr).toContain('Nobody can be asked here, and --data, --amount, --out are not given.');
  });
});

/** A person at a terminal, who presses the keys of one question after the other. */
async function answering(
  argv: string[],
  keys: readonly (readonly [question: string, keys: readonly string[]])[],
) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let [shown, next] = ['', 0];
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    const [question, pressed] = keys[next] ?? [];
    if (question === undefined || pressed === undefined || !shown.includes(question)) return;
    [shown, next] = ['', next + 1];
    // Keys come one by one, after the question is drawn.
    pressed.forEach((key, i) => setTimeout(() => input.write(key), 20 * (i + 1)));
  });
  const said = await cli(['init', ...argv], { cwd: folder, terminal: { input, output } });
  return { ...said, asked: next };
}

describe('init at a terminal', () => {
  it('asks five questions', async () => {
    const { code, stdout, asked } = await answering(
      [],
      [
        ['Which network?', ['\u001b[B', '\r']],
        ['Which data?', ['\r']],
        ['What should get better?', ['\r']],
        ['How much of the weights goes?', [...'80 %', '\r']],
        ['Where should the recipe go?', ['\r']],
      ],
    );
    expect({ code, stdout, asked }).toEqual({ code: 0, stdout: 'recipe.yaml\n', asked: 5 });
    const { recipe } = await readRecipe('recipe.yaml', folder);
    expect(recipe).toMatchObject({ network: zoo.items[1]?.id, data: 'digits', budget: { sparsity: 0.8 } });
  });

  it('asks for what was not given alone', async () => {
    const argv = given('sparsity', '90 %').slice(0, -2);
    const { code, asked } = await answering(argv, [['Where should the recipe go?', ['\r']]]);
    expect({ code, asked }).toEqual({ code: 0, asked: 1 });
  });

  it('leaves nothing behind when the person ends it', async () => {
    const { code } = await answering([], [['Which network?', ['\u0003']]]);
    expect(code).toBe(130);
    expect(await readdir(folder)).toEqual([]);
  });
});
