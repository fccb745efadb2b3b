import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { cli } from './harness.ts';

const settings = 'dimension=40 neurons=8 samples=20 testSamples=50 maxIterations=400 keep=1,0.3 draws=2 data='
  .split(' ')
  .flatMap((text) => ['--set', text]);

describe('espalier study', () => {
  it('lists studies and the parameters of one', async () => {
    const all = await cli(['study', '--list']);
    expect(all).toMatchObject({ code: 0 });
    expect(all.stdout).toContain('pruning-and-generalisation');
    const one = await cli(['study', 'pruning-and-generalisation', '--list']);
    expect(one.stdout).toMatch(/^keep=1,0\.5,0\.2/);
  });

  it('runs with settings, and refuses to write over what is there', async () => {
    const cwd = temporaryFolder();
    const argv = ['study', 'pruning-and-generalisation', ...settings, '--seed', '2', '--json'];
    const first = await cli(argv, { cwd });
    expect(first).toMatchObject({ code: 0 });
    expect(JSON.parse(first.stdout)).toMatchObject({ seed: 2, done: 4, parameters: { keep: [1, 0.3] } });
    const again = await cli(argv, { cwd });
    expect(again).toMatchObject({ code: 2 });
    expect(again.stderr).toContain('study/exists');
  });

  it('takes a file, is cancelled at Ctrl-C with 130, and goes on by its folder alone', async () => {
    const cwd = temporaryFolder();
    const parameters = {
      dimension: 40,
      neurons: 8,
      samples: 20,
      testSamples: 50,
      maxIterations: 400,
      keep: [1, 0.3],
      draws: 2,
      data: '',
    };
    const recipe = { study: 'pruning-and-generalisation', seed: 5, parameters };
    await writeFile(join(cwd, 'study.yaml'), JSON.stringify(recipe));
    const whole = await cli(['study', 'study.yaml', '--out', 'whole'], { cwd });
    expect(whole).toMatchObject({ code: 0 });
    const stopped = await cli(['study', 'study.yaml', '--out', 'broken'], {
      cwd,
      onText: (text, interrupt) => {
        if (text.includes('(2 of 4 steps')) interrupt();
      },
    });
    expect(stopped).toMatchObject({ code: 130 });
    expect(stopped.stderr).toContain('espalier study --resume --out broken');
    expect(await cli(['study', '--resume', '--out', 'broken'], { cwd })).toMatchObject({ code: 0 });
    const csv = (name: string) => readFile(join(cwd, name, 'results.csv'), 'utf8');
    expect(await csv('broken')).toBe(await csv('whole'));
  });

  it.each([
    [['study'], 'No study is named'],
    [['study', 'nothing'], 'pruning-and-generalisation'],
    [['study', 'pruning-and-generalisation', '--set', 'draws'], 'KEY=VALUE'],
    [['study', 'pruning-and-generalisation', '--set', 'draws=many'], 'draws'],
    [['study', '--resume', '--out', 'nowhere'], 'no study to go on with'],
    [['study', 'absent.yaml'], 'absent.yaml'],
  ])('%j is refused', async (argv, words) => {
    const said = await cli(argv, { cwd: temporaryFolder() });
    expect(said).toMatchObject({ code: 2 });
    expect(said.stderr).toContain(words);
    expect(said.stderr).not.toContain('    at ');
  });
});
