import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../main/cli/program.ts';
import { verbsFor } from '../../main/cli/verbs/index.ts';
import { readRecipe } from '../../main/cli/recipe-file.ts';
import { catalog } from '../../main/engine/recipe/catalog.ts';
import { recipeJsonSchema } from '../../main/engine/recipe/json-schema.ts';
import { cli, contextOf, ROOT } from './harness.ts';

describe('the command line', () => {
  it('exits with 2 and a hint for what it does not know', async () => {
    for (const [argv, hint] of [
      [['compres', 'x'], '(Did you mean compress?)'],
      [['list', 'data', '--jsn'], '(Did you mean --json?)'],
      [['compress', 'x'], "required option '--out"],
      [['compress', 'x', '--out', 'y', '--seed', '-1'], 'A seed is a whole number'],
      [['list', 'criterion'], 'Allowed choices are'],
    ] as const) {
      const { code, stderr, stdout } = await cli(argv);
      expect({ code, stdout }, argv.join(' ')).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(hint);
    }
  });

  it('explains itself on stdout with status 0', async () => {
    for (const argv of [['--help'], ['help', 'compress'], ['evaluate', '--help']]) {
      const { code, stdout } = await cli(argv);
      expect(code).toBe(0);
      expect(stdout).toContain('Usage: espalier');
    }
    expect((await cli(['--version'])).stdout).toBe('0.0.0\n');
  });

  it('takes --json, --seed, --device and --quiet everywhere', async () => {
    const program = createProgram(
      contextOf(
        () => undefined,
        () => undefined,
      ),
      () => undefined,
      await verbsFor([]),
    );
    expect(program.commands.length).toBeGreaterThanOrEqual(9);
    for (const command of program.commands) {
      const options = command.options.map((option) => option.long);
      expect(options, command.name()).toEqual(
        expect.arrayContaining(['--json', '--seed', '--device', '--quiet']),
      );
    }
  });
});

describe('list', () => {
  it('shows what the registries hold, as a table and as JSON', async () => {
    const everything = catalog();
    for (const [what, entries] of Object.entries(everything)) {
      const { code, stdout } = await cli(['list', what]);
      expect(code).toBe(0);
      for (const { id } of entries) expect(stdout).toContain(id);
      expect(JSON.parse((await cli(['list', what, '--json'])).stdout)).toEqual(entries);
    }
  });
});

describe('schema', () => {
  it('prints the JSON Schema', async () => {
    expect(JSON.parse((await cli(['schema'])).stdout)).toEqual(
      JSON.parse(JSON.stringify(recipeJsonSchema())),
    );
  });
});

describe('the sample recipes', () => {
  it('are all valid', async () => {
    const folder = join(ROOT, 'resources', 'recipes');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
    expect(files).toContain('demo.yaml');
    for (const file of files)
      expect((await readRecipe(join(folder, file), ROOT)).recipe.budget.sparsity, file).toBeGreaterThan(0);
  });
});

describe('main/cli.ts', () => {
  it('runs as a program: status, stdout, stderr', async () => {
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [
      join(ROOT, 'main', 'cli.ts'),
      'list',
      'scopes',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toEqual(catalog().scopes);
    await expect(
      run(process.execPath, [join(ROOT, 'main', 'cli.ts'), 'resume', '/nowhere']),
    ).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('/nowhere: This folder has no run.json.') as string,
    });
  });
});
