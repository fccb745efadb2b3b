import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../main/store/open.ts';
import { migrations } from '../../main/store/migrations/index.ts';
import { engineEntry } from '../../main/jobs/entry.ts';
import { childHost } from '../../main/jobs/child-host.ts';
import { temporaryFolder } from '../support/folder.ts';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { testStudio } from '../support/studio.ts';

const base = temporaryFolder();
const before = process.umask();
afterEach(() => void process.umask(before));

const rightsOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** Everything in a folder, and itself, that others have rights to. */
function open(folder: string): string[] {
  return ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })].filter(
    (name) => (statSync(join(folder, name)).mode & 0o077) !== 0,
  );
}

describe.skipIf(process.platform === 'win32')("the program's own folder", () => {
  it.each([0o022, 0o000])(
    'is its owner’s alone under umask %o: database, locks, runs and all they leave',
    async (umask) => {
      const folder = join(base, `home-${umask}`);
      process.umask(umask);
      const studio = testStudio(folder, { startEngine: () => childHost(engineEntry()) });
      const data = join(folder, 'data');
      const { id: projectId } = await studio.ask('projects.create', { name: 'p' });
      const recipe = recipeSchema.parse({
        network: 'lenet-300-100',
        data: { kind: 'digits', train: 64, test: 20 },
        dense: { epochs: 1 },
        paradigm: 'magnitude-one-shot',
        budget: { sparsity: 0.9 },
      });
      const ended = studio.event((event) => event.type === 'run' && event.run.endedAt !== null);
      const { id } = await studio.ask('runs.start', { projectId, recipe });
      await ended;
      expect(await studio.ask('runs.get', { id })).toMatchObject({ problem: null, state: 'finished' });
      expect(existsSync(join(data, 'espalier.db-wal'))).toBe(true);
      expect(existsSync(join(data, 'runs', String(id), 'checkpoint.safetensors'))).toBe(true);
      expect(open(data)).toEqual([]);
      expect(rightsOf(data)).toBe('700');
      expect(rightsOf(join(data, 'espalier.db'))).toBe('600');
      await studio.close();
    },
  );

  it('loses the rights of others that an earlier version gave, at the start', async () => {
    const folder = join(base, 'earlier');
    const data = join(folder, 'data');
    mkdirSync(join(data, 'runs', '1'), { recursive: true, mode: 0o755 });
    writeFileSync(join(data, 'runs', '1', 'report.json'), '{}', { mode: 0o644 });
    writeFileSync(join(base, 'elsewhere'), '', { mode: 0o644 });
    chmodSync(join(base, 'elsewhere'), 0o644);
    symlinkSync(join(base, 'elsewhere'), join(data, 'runs', '1', 'link'));
    openDatabase(join(data, 'espalier.db')).close();
    for (const path of ['.', 'runs', 'runs/1']) chmodSync(join(data, path), 0o755);
    for (const path of ['espalier.db', 'runs/1/report.json']) chmodSync(join(data, path), 0o644);
    const studio = testStudio(folder);
    expect(open(data).filter((name) => !name.endsWith('link'))).toEqual([]);
    expect(rightsOf(join(base, 'elsewhere'))).toBe('644');
    await studio.close();
  });

  it('keeps its own rights where it holds other things too: only what is ours in it is closed', async () => {
    const folder = join(base, 'shared');
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'letter.txt'), '');
    for (const [path, mode] of [
      ['.', 0o755],
      ['letter.txt', 0o644],
    ] as const)
      chmodSync(join(data, path), mode);
    const studio = testStudio(folder);
    expect([rightsOf(data), rightsOf(join(data, 'letter.txt'))]).toEqual(['755', '644']);
    expect(rightsOf(join(data, 'espalier.db'))).toBe('600');
    await studio.close();
  });

  it('closes the copy of an older database too', () => {
    process.umask(0);
    const file = join(base, 'old', 'espalier.db');
    openDatabase(file, migrations).close();
    openDatabase(file, [...migrations, 'CREATE TABLE later (x)']).close();
    expect(rightsOf(`${file}.version-${migrations.length}.backup`)).toBe('600');
  });
});
