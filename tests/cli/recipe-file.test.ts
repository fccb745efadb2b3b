import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDataOption, readRecipe } from '../../main/cli/recipe-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-recipe-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('readDataOption', () => {
  it('takes a word, kind and path, braces, a data file and a recipe', async () => {
    const idx = { kind: 'idx', path: 'a:b c' };
    expect(await readDataOption('digits', folder)).toEqual({ data: 'digits', baseFolder: folder });
    expect((await readDataOption('idx:a:b c', folder)).data).toMatchObject(idx);
    expect((await readDataOption('{kind: idx, path: "a:b c", limit: 5}', folder)).data).toMatchObject({
      ...idx,
      limit: 5,
    });
    await writeFile(join(folder, 'data.json'), JSON.stringify(idx));
    // A recipe's other fields may be wrong: only its data is meant.
    await writeFile(join(folder, 'recipe.yaml'), 'network: 3\ndata: {kind: idx, path: "a:b c"}\n');
    for (const file of ['data.json', 'recipe.yaml']) {
      const { data, baseFolder } = await readDataOption(file, folder);
      expect(data).toMatchObject(idx);
      expect(baseFolder).toBe(folder);
    }
  });

  it('says what is wrong where', async () => {
    await expect(readDataOption('digit', folder)).rejects.toMatchObject({ problem: { field: '--data' } });
    await expect(readDataOption('{kind: idxx}', folder)).rejects.toMatchObject({
      problems: [{ file: '--data', field: 'data.kind', remedy: "Did you mean 'idx'?" }],
    });
    await expect(readDataOption('{kind: [', folder)).rejects.toMatchObject({
      problem: { code: 'recipe/syntax' },
    });
    await writeFile(join(folder, 'wine.csv'), 'a,b,kind\n1,2,red\n');
    await expect(readDataOption('wine.csv', folder)).rejects.toMatchObject({
      problem: { field: '--data', remedy: expect.stringContaining('csv:wine.csv') as string },
    });
  });
});

describe('readRecipe', () => {
  it('reads no more than a recipe can be, and names what it cannot read', async () => {
    await writeFile(join(folder, 'big.yaml'), 'x'.repeat(5_000_000));
    await expect(readRecipe('big.yaml', folder)).rejects.toMatchObject({
      problems: [{ code: 'recipe/too-large' }],
    });
    await expect(readRecipe('.', folder)).rejects.toMatchObject({ problem: { file: '.' } });
    await expect(readRecipe('none.yaml', folder)).rejects.toMatchObject({
      problem: { file: 'none.yaml', kind: 'input' },
    });
    if (process.platform === 'linux') {
      await expect(readRecipe('/dev/zero', folder)).rejects.toMatchObject({
        problems: [{ code: 'recipe/too-large' }],
      });
    }
  });
});
