import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { glossaryPage } from '../../main/cli/glossary-page.ts';
import { manPage } from '../../main/cli/man-page.ts';
import { methodsPage } from '../../main/cli/methods-page.ts';
import { studiesPage } from '../../main/cli/studies-page.ts';
import { createProgram } from '../../main/cli/program.ts';
import { verbsFor } from '../../main/cli/verbs/index.ts';
import { scoreRecordJsonSchema } from '../../main/engine/ask/score-file/record.ts';
import { recipeJsonSchema } from '../../main/engine/recipe/json-schema.ts';
import { contextOf, ROOT } from './harness.ts';

/** `vitest run --config tests/vitest.config.ts tests/cli/docs.test.ts -u` writes all of them anew. */
const HELP = /(<!-- help: (\S+) -->\n+```text\n)[^]*?(\n```)/g;

describe('docs/cli.md', async () => {
  const silent = () => undefined;
  const { commands } = createProgram(contextOf(silent, silent), silent, await verbsFor([]));
  const file = join(ROOT, 'docs', 'cli.md');

  it('has a section for every verb', async () => {
    const named = [...(await readFile(file, 'utf8')).matchAll(HELP)].map(([, , verb]) => verb);
    expect(named.sort()).toEqual(commands.map((command) => command.name()).sort());
  });

  it('shows the help that the program prints', async () => {
    const text = await readFile(file, 'utf8');
    const current = text.replace(HELP, (_, before: string, verb: string, after: string) => {
      const help = commands.find((command) => command.name() === verb)?.helpInformation() ?? '';
      return `${before}${help.trimEnd()}${after}`;
    });
    await expect(current).toMatchFileSnapshot(file);
  });
});

describe.each([
  ['methods.md', 'the registries', methodsPage],
  ['glossary.md', 'the glossary that the screens show', glossaryPage],
])('docs/%s', (name, from, page) => {
  it(`is made from ${from}`, async () => {
    const text = await format(page(), { parser: 'markdown', printWidth: 110 });
    await expect(text).toMatchFileSnapshot(join(ROOT, 'docs', name));
  });
});

describe('resources/man/espalier.1', () => {
  it('is made from the same verbs', async () => {
    const silent = () => undefined;
    const program = createProgram(contextOf(silent, silent), silent, await verbsFor([]));
    await expect(manPage(program)).toMatchFileSnapshot(join(ROOT, 'resources', 'man', 'espalier.1'));
  });
});

describe('docs/studies.md', () => {
  it('is made from the registry', async () => {
    const text = await format(studiesPage(), { parser: 'markdown', printWidth: 110 });
    await expect(text).toMatchFileSnapshot(join(ROOT, 'docs', 'studies.md'));
  });
});

describe.each([
  ['recipe.schema.json', 'the schema that recipes are checked with', recipeJsonSchema],
  ['score.schema.json', 'the schema of what a score file says of itself', scoreRecordJsonSchema],
])('docs/%s', (name, what, schema) => {
  it(`is ${what}`, async () => {
    const text = await format(JSON.stringify(schema()), { parser: 'json', printWidth: 110 });
    await expect(text).toMatchFileSnapshot(join(ROOT, 'docs', name));
  });
});
