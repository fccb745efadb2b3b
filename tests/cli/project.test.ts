import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../main/store/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sampleRecipe } from '../support/samples.ts';
import { cli } from './harness.ts';

const cwd = temporaryFolder();

test('a project goes out of one data folder and into another', async () => {
  const store = openStore(join(cwd, 'a', 'espalier.db'));
  const { id } = store.projects.create('Pears');
  store.runs.create(id, 'Conference', sampleRecipe(), 'auto');
  store.close();
  const out = await cli(['project', 'export', 'Pears', '--out', 'p.zip', '--home', 'a'], { cwd });
  expect(out).toEqual({ code: 0, stdout: `${join(cwd, 'p.zip')}\n`, stderr: '' });
  const brought = await cli(['project', 'import', 'p.zip', '--home', 'b', '--json'], { cwd });
  expect(JSON.parse(brought.stdout)).toMatchObject({ name: 'Pears', runs: 1 });
  const other = openStore(join(cwd, 'b', 'espalier.db'));
  expect(other.projects.list()).toMatchObject([{ name: 'Pears', runs: 1 }]);
  other.close();
});

test('a project that is not there is named, with those that are', async () => {
  const { code, stderr } = await cli(['project', 'export', 'Plums', '--out', 'p.zip', '--home', 'a'], {
    cwd,
  });
  expect(code).not.toBe(0);
  expect(stderr).toContain('There is no project Plums.');
  expect(stderr).toContain('1 (Pears)');
});
