import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepAside, writeFileAtomic, writeStreamAtomic } from '../../main/files/atomic.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a file is replaced whole, with its size and hash reported', async () => {
  const path = join(folder, 'a.json');
  await writeFile(path, 'old and longer than the new one');
  const written = await writeFileAtomic(path, 'new ü');
  expect(await readFile(path, 'utf8')).toBe('new ü');
  expect(written).toEqual({ bytes: 6, sha256: createHash('sha256').update('new ü').digest('hex') });
  expect(await readdir(folder)).toEqual(['a.json']);
});

test('a source that fails half-way leaves the old file and nothing else', async () => {
  const path = join(folder, 'model.onnx');
  await writeFile(path, 'old');
  async function* source() {
    yield Buffer.alloc(100_000, 1);
    throw new Error('the network was torn');
  }
  await expect(writeStreamAtomic(path, source())).rejects.toThrow('the network was torn');
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['model.onnx']);
});

test('chunks of a stream are written in order', async () => {
  const path = join(folder, 'x.bin');
  const chunks = Array.from({ length: 20 }, (_, i) => Buffer.alloc(10_000 + i, i));
  await writeStreamAtomic(path, chunks);
  expect((await readFile(path)).equals(Buffer.concat(chunks))).toBe(true);
});

test('mistakes name the file', async () => {
  const missing = join(folder, 'no', 'such', 'a.txt');
  await expect(writeFileAtomic(missing, 'x')).rejects.toMatchObject({
    problem: { code: 'files/missing', file: missing },
  });
  await mkdir(join(folder, 'taken', 'full'), { recursive: true });
  const taken = join(folder, 'taken');
  await expect(writeFileAtomic(taken, 'x')).rejects.toMatchObject({
    problem: { code: 'files/wrong-type', file: taken },
  });
  expect(await readdir(folder)).toEqual(['taken']);
});

test('a full disk is called that', async ({ skip }) => {
  if (process.platform !== 'linux') skip('needs /dev/full');
  const { fileError } = await import('../../main/files/problems.ts');
  const error = await writeFile('/dev/full', 'x').catch((e: unknown) => e);
  expect(fileError(error, '/dev/full', 'write this file').problem).toMatchObject({
    code: 'files/disk-full',
    kind: 'run',
  });
});

test('a writer killed half-way leaves the old file; sweeping removes what it left aside', async () => {
  const path = join(folder, 'state.bin');
  await writeFile(path, 'old');
  const script = join(folder, 'writer.ts');
  await writeFile(
    script,
    `import { writeStreamAtomic } from ${JSON.stringify(new URL('../../main/files/atomic.ts', import.meta.url).href)};
     async function* endless() { for (;;) { yield Buffer.alloc(1000, 7); process.send?.('some'); } }
     await writeStreamAtomic(${JSON.stringify(path)}, endless());`,
  );
  const child = fork(script, { execArgv: [] });
  await once(child, 'message');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await rm(script);
  expect(await readFile(path, 'utf8')).toBe('old');
  expect((await readdir(folder)).length).toBe(2);
  await writeFile(join(folder, '.keep.partial'), 'not ours');
  await sweepAside(folder);
  expect((await readdir(folder)).sort()).toEqual(['.keep.partial', 'state.bin']);
  await sweepAside(join(folder, 'absent'));
});
