import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createProgram } from '../../main/cli/program.ts';
import { verbsFor } from '../../main/cli/verbs/index.ts';
import { problemSchema } from '../../main/contract/messages.ts';
import { cli, contextOf } from './harness.ts';

const saidSchema = z.strictObject({
  error: problemSchema.strict(),
  problems: z.array(problemSchema.strict()).min(1),
});
const silent = () => undefined;
const { commands } = createProgram(contextOf(silent, silent), silent, await verbsFor([]));

/** What each verb cannot do, and where the problem must say that it is; null for verbs that only a mistake in their words stops. */
const wrong: Readonly<Record<string, { argv: readonly string[]; place: string } | null>> = {
  init: { argv: ['--goal', 'macs'], place: '--network' },
  compress: { argv: ['nowhere.yaml', '--out', 'run'], place: 'nowhere.yaml' },
  resume: { argv: ['nowhere'], place: 'nowhere' },
  sweep: { argv: ['nowhere.yaml', '--out', 'grid'], place: 'nowhere.yaml' },
  study: { argv: ['unheard-of'], place: '' },
  evaluate: { argv: ['nowhere.onnx', '--data', 'digits'], place: 'nowhere.onnx' },
  verify: { argv: ['nowhere.onnx', '--data', 'digits'], place: 'nowhere.onnx' },
  score: { argv: ['nowhere.yaml', '--out', 'scores.safetensors'], place: 'nowhere.yaml' },
  sensitivity: { argv: ['nowhere.yaml', '--out', 'layers.json'], place: 'nowhere.yaml' },
  forecast: { argv: ['nowhere.yaml'], place: 'nowhere.yaml' },
  inspect: { argv: ['nowhere.onnx'], place: 'nowhere.onnx' },
  compare: { argv: ['nowhere', 'there'], place: 'nowhere' },
  export: { argv: ['nowhere', '--format', 'onnx', '--out', 'x.onnx'], place: 'nowhere' },
  'import-recipe': {
    argv: ['nowhere.yaml', '--network', 'lenet-300-100', '--data', 'digits', '--out', 'x.yaml'],
    place: 'nowhere.yaml',
  },
  log: { argv: ['nowhere'], place: 'nowhere' },
  project: { argv: ['import', 'nowhere.zip', '--home', 'home'], place: 'nowhere.zip' },
  list: null,
  demo: null,
  serve: null,
  completion: null,
  doctor: null,
  schema: null,
  worker: { argv: ['--redis', 'http://nowhere'], place: '' },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-errors-'));
  const bad =
    'network: lenet-300-100\ndata: digits\nparadigm: magnitud\nbudget: {sparsity: 0.9}\nprune: {scope: globl}\n';
  await writeFile(join(folder, 'bad.yaml'), bad);
});
afterAll(() => rm(folder, { recursive: true }));
const run = (...argv: string[]) => cli(argv, { cwd: folder });
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? '';

describe('what goes wrong under --json', () => {
  it.each(commands.map((command) => command.name()))('%s tells it as one object', async (verb) => {
    expect(Object.keys(wrong)).toContain(verb);
    const cases = [['--no-such-option'], ...(wrong[verb] ? [wrong[verb].argv] : [])];
    for (const argv of cases) {
      const plain = await run(verb, ...argv);
      const { code, stdout, stderr } = await run(verb, ...argv, '--json', '--quiet');
      expect({ code, stdout }, argv.join(' ')).toEqual({ code: plain.code, stdout: '' });
      expect(code).toBeGreaterThan(0);
      expect(stderr.trimEnd()).not.toContain('\n');
      const { error, problems } = saidSchema.parse(JSON.parse(lastLine(stderr)));
      expect(problems[0]).toEqual(error);
      expect(error.code).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
      expect(error.code).not.toBe('internal/bug');
      expect(code).toBe(error.kind === 'input' ? 2 : 1);
      expect(plain.stderr).toContain(error.message);
    }
    const place = wrong[verb]?.place ?? '';
    if (place === '') return;
    const { stderr } = await run(verb, ...(wrong[verb]?.argv ?? []), '--json');
    const { error } = saidSchema.parse(JSON.parse(lastLine(stderr)));
    expect(`${error.file ?? ''} ${error.field ?? ''}`).toContain(place);
  });

  it('tells of a mistake in the verb itself, and of all mistakes in a recipe', async () => {
    const unknown = await run('compres', 'x', '--json');
    expect(saidSchema.parse(JSON.parse(unknown.stderr)).error).toMatchObject({
      code: 'cli/unknown-command',
      message: expect.stringContaining('(Did you mean compress?)') as string,
      kind: 'input',
    });
    const { stderr } = await run('compress', 'bad.yaml', '--out', 'run', '--json');
    const { error, problems } = saidSchema.parse(JSON.parse(stderr));
    expect(error).toMatchObject({ file: 'bad.yaml', field: 'paradigm' });
    expect(problems.map(({ field }) => field)).toEqual(['paradigm', 'prune.scope']);
  });

  it('tells of a failed, a crashed and a cancelled run', async () => {
    const base =
      'network: lenet-300-100\ndata: digits\ndense: {epochs: 4}\nparadigm: magnitude-gradual\nbudget: {sparsity: 0.9}\n';
    for (const [name, code, said] of [
      ['fail', 2, 'data/truncated'],
      ['diverge', 1, 'train/diverged'],
      ['crash', 1, 'run/crashed'],
      ['slow', 130, 'run/cancelled'],
    ] as const) {
      await writeFile(join(folder, 'recipe.yaml'), `name: ${name}\n${base}`);
      const argv = ['compress', 'recipe.yaml', '--out', name, '--json'];
      let begun = false;
      const ended = await cli(argv, {
        cwd: folder,
        onText: (text, interrupt) => {
          if (name !== 'slow' || begun || !text.includes('Train dense')) return;
          begun = true;
          interrupt();
        },
      });
      expect({ code: ended.code, stdout: ended.stdout }, name).toEqual({ code, stdout: '' });
      expect(saidSchema.parse(JSON.parse(lastLine(ended.stderr))).error.code).toBe(said);
    }
  });
});
