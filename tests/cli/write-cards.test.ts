import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeCards } from '../../main/cli/write-cards.ts';
import { sampleReport } from '../engine/report/sample.ts';
import { temporaryFolder } from '../support/folder.ts';

const scratch = temporaryFolder();

/** A folder with an export in it. */
function exported(folder: string, ...names: string[]) {
  mkdirSync(join(scratch, folder), { recursive: true });
  return names.map((name) => {
    writeFileSync(join(scratch, folder, name), 'weights');
    return { path: join(scratch, folder, name), bytes: 7, sha256: `sha-of-${name}` };
  });
}

const write = (files: ReturnType<typeof exported>, ownFolder: boolean) =>
  writeCards(sampleReport(), files, { ownFolder, format: 'onnx' });

it('leaves card and note in a folder of the export, again where they are ours', async () => {
  const files = exported('own', 'model.json', 'model.bin');
  for (let turn = 0; turn < 2; turn++) {
    const written = await write(files, true);
    expect(written.map(({ path }) => path)).toEqual(
      ['README.md', 'LICENSE-NOTE.md'].map((name) => join(scratch, 'own', name)),
    );
  }
  const card = readFileSync(join(scratch, 'own', 'README.md'), 'utf8');
  for (const { sha256 } of files) expect(card).toContain(sha256);
  expect(card).toContain('](LICENSE-NOTE.md)');
});

it('names them after a file that lies among others, and leaves what is not its own', async () => {
  writeFileSync(join(scratch, 'README.md'), 'about something else');
  await write(exported('.', 'small.onnx'), false);
  expect(readdirSync(scratch)).toEqual(expect.arrayContaining(['small.card.md', 'small.license.md']));
  expect(readFileSync(join(scratch, 'small.card.md'), 'utf8')).toContain('](small.license.md)');
  await write(exported('.', 'other.onnx'), true);
  expect(readFileSync(join(scratch, 'README.md'), 'utf8')).toBe('about something else');
  expect(readdirSync(scratch)).toContain('other.card.md');
  writeFileSync(join(scratch, 'other.license.md'), 'mine');
  expect((await write(exported('.', 'other.onnx'), false)).map(({ path }) => path)).toEqual([
    join(scratch, 'other.card.md'),
  ]);
  expect(readFileSync(join(scratch, 'other.license.md'), 'utf8')).toBe('mine');
});
