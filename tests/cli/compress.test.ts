import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { forecastSchema } from '../../main/contract/forecast.ts';
import { reportSchema } from '../../main/contract/report.ts';
import { cli } from './harness.ts';

let folder: string;
let home: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-cli-'));
  home = await mkdtemp(join(tmpdir(), 'espalier-home-'));
  vi.stubEnv('ESPALIER_HOME', home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const each of [folder, home]) await rm(each, { recursive: true });
});

/** Writes a valid recipe whose name tells the fake engine how to end. */
async function recipe(name: string, extra = ''): Promise<string> {
  const text = `name: ${name}\nnetwork: lenet-300-100\ndata: digits\ndense: {epochs: 4}\nparadigm: magnitude-gradual\nbudget: {sparsity: 0.9}\n${extra}`;
  await writeFile(join(folder, 'recipe.yaml'), text);
  return 'recipe.yaml';
}

const run = (argv: string[], onText?: (stderr: string, interrupt: () => void) => void) =>
  cli(argv, { cwd: folder, onText });

describe('compress --dry-run', () => {
  it('prints the plan and the forecast, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await run(['compress', await recipe('good'), '--dry-run']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('1. Train dense, 4 epochs');
    expect(stdout).toContain('Forecast, with 90 % of the weights pruned:');
    expect(stdout).toMatch(/fc1\.weight {2}[\d,]+ of 235,200/);
    expect(stdout).toMatch(/The run takes about .*, .* of memory and .* of disk\./);
    expect(stdout).toMatch(/in onnxruntime here \(.*\); .* in WebAssembly/);
    expect(await readdir(folder)).toEqual(['recipe.yaml']);
  });

  it('warns of layers that would be emptied, as JSON too', async () => {
    const text = 'prune: {rounds: 1, protect: false}\nbaseline: false\n';
    await recipe('good', text);
    const file = join(folder, 'recipe.yaml');
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace('magnitude-gradual', 'synflow').replace('0.9', '0.98'),
    );
    const { stdout } = await run(['compress', 'recipe.yaml', '--dry-run', '--json']);
    const { forecast, stages } = z
      .object({ forecast: forecastSchema, stages: z.array(z.object({ id: z.string() })) })
      .parse(JSON.parse(stdout));
    expect(stages.map(({ id }) => id)).toEqual(['prune', 'sparse', 'evaluate-compressed']);
    expect(forecast).toMatchObject({ basis: 'exact', empty: ['fc1.weight'], protect: false });
  });

  it.each([
    ['--control', 'reinitialize', /Draw fresh weights/],
    ['--baseline', 'random', /Prune at initialisation/],
    ['--baseline', 'magnitude', /fc1\.weight {2}23,520 of 235,200/],
    ['--baseline', 'longer', /Nothing is pruned/],
    ['--baseline', 'narrow', /Nothing is pruned/],
  ])('of %s %s shows what that run would be', async (option, name, words) => {
    const { code, stdout } = await run(['compress', await recipe('good'), '--dry-run', option, name]);
    expect(code).toBe(0);
    expect(stdout).toMatch(words);
  });

  it('refuses a control that means nothing, and a run without a folder', async () => {
    const refused = await run(['compress', await recipe('good'), '--dry-run', '--control', 'shuffle']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('prune.control: Shuffling needs a mask');
    const homeless = await run(['compress', await recipe('good')]);
    expect(homeless.code).toBe(2);
    expect(homeless.stderr).toContain('--out');
  });
});

describe('compress', () => {
  it('shows a line for each epoch on stderr, and the table and where the report lies on stdout', async () => {
    const { code, stdout, stderr } = await run(['compress', await recipe('good'), '--out', 'out']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Test accuracy .*97\.85 %.*97\.65 %/);
    expect(stdout).toContain('4.6× smaller download, same speed, no measurable change in accuracy: ');
    expect(stdout).toContain(`Report: ${join('out', 'report.html')}`);
    expect(stderr).toContain('Computing on fake auto');
    expect(stderr.match(/Train dense, epoch \d\/4/g)).toEqual(
      [1, 2, 3, 4].map((epoch) => `Train dense, epoch ${epoch}/4`),
    );
    expect(stderr).toContain('ETA 4.0 s');
  });

  it('prints nothing but a valid report with --json --quiet', async () => {
    const { code, stdout, stderr } = await run([
      'compress',
      await recipe('good'),
      '--out',
      'o',
      '--json',
      '--quiet',
      '--seed',
      '7',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(reportSchema.parse(JSON.parse(stdout)).seed).toBe(7);
  });

  it('gives the engine seed, device, the recipe’s folder and the run’s', async () => {
    const { stderr } = await run([
      'compress',
      await recipe('good'),
      '--out',
      'out',
      '--seed',
      '12',
      '--device',
      'cpu',
    ]);
    expect(stderr).toContain('Computing on fake cpu');
    expect(stderr).toContain(
      JSON.stringify({ seed: 12, resume: false, baseFolder: folder, folder: join(folder, 'out') }),
    );
  });

  it('exits with 2 for the user’s mistakes and says all of them', async () => {
    const { code, stderr, stdout } = await run([
      'compress',
      await recipe('good', 'sede: 1\nexprot: [onnx]\n'),
      '--out',
      'o',
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("recipe.yaml, sede: There is no such field.\n  Did you mean 'seed'?");
    expect(stderr).toContain("recipe.yaml, exprot: There is no such field.\n  Did you mean 'export'?");
    const json = await run(['compress', 'recipe.yaml', '--out', 'o', '--json']);
    expect((JSON.parse(json.stderr) as { problems: unknown[] }).problems).toHaveLength(2);
    expect((await run(['compress', 'missing.yaml', '--out', 'o'])).code).toBe(2);
    expect((await run(['compress', await recipe('good'), '--out', 'recipe.yaml'])).code).toBe(2);
  });

  it('exits with 2 where the engine finds the data at fault, with 1 where the work failed', async () => {
    const input = await run(['compress', await recipe('fail'), '--out', 'a']);
    expect(input.code).toBe(2);
    expect(input.stderr).toContain('x.gz: The file ends early.\n  Copy it again.');
    const work = await run(['compress', await recipe('diverge'), '--out', 'b']);
    expect(work.code).toBe(1);
    expect(work.stderr).toContain('The loss is not a number.');
    expect(work.stderr).not.toContain(' at ');
  });

  it('says so when the process dies, and how to go on', async () => {
    const { code, stderr } = await run(['compress', await recipe('crash'), '--out', 'out']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/ended unexpectedly \(SIGKILL\)\.\n {2}Go on .* espalier resume/);
  });

  it('cancels at the first interrupt, says how to resume, and resume goes on with the same recipe', async () => {
    let pressed = false;
    const { code, stderr } = await run(
      ['compress', await recipe('slow'), '--out', 'out', '--seed', '5'],
      (text, interrupt) => {
        if (pressed || !text.includes('epoch')) return;
        pressed = true;
        interrupt();
      },
    );
    expect(code).toBe(130);
    expect(stderr).toContain('Cancelled. Go on with: espalier resume out');
    // The recipe file may change or go: the run's folder knows what it is.
    const saved = JSON.parse(await readFile(join(folder, 'out', 'run.json'), 'utf8')) as {
      recipe: { name: string };
    };
    saved.recipe.name = 'good';
    await writeFile(join(folder, 'out', 'run.json'), JSON.stringify(saved));
    await rm(join(folder, 'recipe.yaml'));
    const resumed = await run(['resume', 'out']);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain(
      JSON.stringify({ seed: 5, resume: true, baseFolder: folder, folder: join(folder, 'out') }),
    );
  });

  it('kills an engine that does not listen at the second interrupt', async () => {
    const pressedAt = new Set<string>();
    const { code, stderr } = await run(
      ['compress', await recipe('deaf'), '--out', 'out'],
      (text, interrupt) => {
        for (const cue of ['epoch', 'Ctrl-C again']) {
          if (pressedAt.has(cue) || !text.includes(cue)) continue;
          pressedAt.add(cue);
          setImmediate(interrupt);
          return;
        }
      },
    );
    expect([...pressedAt]).toEqual(['epoch', 'Ctrl-C again']);
    expect(code).toBe(130);
    expect(stderr).toContain('espalier resume out');
  });

  it('does not overwrite a run unless told to', async () => {
    const args = ['compress', await recipe('good'), '--out', 'out'];
    expect((await run(args)).code).toBe(0);
    await writeFile(join(folder, 'out', 'checkpoint.safetensors'), 'of the first run');
    const again = await run(args);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('There is a run in this folder already.');
    expect((await run([...args, '--overwrite'])).code).toBe(0);
    await expect(readFile(join(folder, 'out', 'checkpoint.safetensors'))).rejects.toThrow('ENOENT');
  });
});

describe('resume', () => {
  it('refuses folders without a run, damaged ones, and another seed', async () => {
    expect((await run(['resume', '.'])).stderr).toContain('This folder has no run.json.');
    await writeFile(join(folder, 'run.json'), '{"version": 1');
    const damaged = await run(['resume', '.']);
    expect(damaged.code).toBe(2);
    expect(damaged.stderr).toContain('run.json is not what Espalier wrote');
    await run(['compress', await recipe('good'), '--out', 'out']);
    const other = await run(['resume', 'out', '--seed', '2']);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('started with seed 1');
  });
});

describe('demo', () => {
  it('runs the sample recipe, again and again in the same folder', async () => {
    for (let i = 0; i < 2; i++) {
      const { code, stdout, stderr } = await run(['demo', '--out', 'd']);
      expect(code).toBe(0);
      expect(stderr).toContain('demo.yaml');
      expect(stdout).toContain(join('d', 'report.html'));
    }
  });
});
