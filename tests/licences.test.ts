import { readFileSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..');

const packageSchema = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
});
const lock = z
  .object({ packages: z.record(z.string(), packageSchema) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));

/** Where a package is that another one asks for: in its own folder, or further up. */
function placeOf(name: string, asker: string): string {
  for (let at = asker; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const place = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (place in lock.packages) return place;
    if (at === '') throw new Error(`${name} is not in the lock file.`);
  }
}

/** Packages that the screens import, which are built into them. */
async function imported(): Promise<string[]> {
  const names = new Set<string>();
  for await (const file of glob('renderer/**/*.{ts,vue}', { cwd: ROOT })) {
    const text = await readFile(join(ROOT, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/ from '((?:@[\w-]+\/)?[\w-]+)(?:\/[^']*)?';/g))
      names.add(name);
  }
  return [...names];
}

/** The program's packages and theirs, and Electron, which it comes in; each with its licence. */
async function licences() {
  const own = Object.keys(lock.packages['']?.dependencies ?? {});
  const waiting = [...own, ...(await imported())].map((name) => placeOf(name, ''));
  const found = new Set(['node_modules/electron']);
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (found.has(place)) continue;
    found.add(place);
    for (const name of Object.keys(lock.packages[place]?.dependencies ?? {}))
      waiting.push(placeOf(name, place));
  }
  const listed = [...found].map((place) => {
    const { version = '', license: licence = '' } = lock.packages[place] ?? {};
    return {
      name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence,
    };
  });
  const unique = new Map(listed.map((one) => [`${one.name} ${one.version}`, one]));
  return [...unique.values()].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

test('the list of licences that the settings show is that of the lock file', async () => {
  const list = await licences();
  expect(list.filter(({ licence }) => licence === '')).toEqual([]);
  const text = await format(JSON.stringify(list), { parser: 'json', printWidth: 110 });
  await expect(text).toMatchFileSnapshot(join(ROOT, 'resources', 'licences.json'));
});
