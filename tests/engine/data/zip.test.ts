import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { locate } from '../../../main/engine/data/files/place.ts';
import { ZipFile } from '../../../main/engine/data/zip.ts';
import { expectProblem, temporaryFolder } from './support.ts';

const { folder, write } = temporaryFolder();
const text = Buffer.from('the quick brown fox jumps over the lazy dog '.repeat(50));

/** Writes the archive, opens it and reads its first entry. */
async function readFirst(name: string, archive: Uint8Array): Promise<Buffer> {
  write(name, archive);
  const zip = await ZipFile.open(locate(folder, name));
  try {
    const [entry] = zip.entries;
    if (entry === undefined) throw new Error('no entry');
    return await zip.read(entry);
  } finally {
    await zip.close();
  }
}

/** The archive with a 32-bit number of its directory's first entry changed. */
function change(archive: Uint8Array, offset: number, value: number): Buffer {
  const copy = Buffer.from(archive);
  copy.writeUInt32LE(value, copy.indexOf(Buffer.from('PK\x01\x02', 'latin1')) + offset);
  return copy;
}

describe('ZipFile', () => {
  const deflated = zipSync({ 'a.txt': text });
  const stored = zipSync({ 'a.txt': text }, { level: 0 });

  it('reads what another implementation wrote, small and large', async () => {
    expect(await readFirst('deflated.zip', deflated)).toEqual(text);
    expect(await readFirst('stored.zip', stored)).toEqual(text);
    const large = Buffer.alloc(3 << 20, text);
    expect((await readFirst('large.zip', zipSync({ big: large }))).equals(large)).toBe(true);
    expect((await readFirst('wide.zip', zipSync({ big: large }, { level: 0 }))).equals(large)).toBe(true);
  });

  it('reads a list of entries behind a comment', async () => {
    const archive = Buffer.from(
      zipSync({ 'b/1': text, 'b/2': text, c: new Uint8Array(0) }, { comment: 'hello' }),
    );
    write('list.zip', archive);
    const zip = await ZipFile.open(locate(folder, 'list.zip'));
    expect(zip.entries.map(({ name, size }) => [name, size])).toEqual([
      ['b/1', text.length],
      ['b/2', text.length],
      ['c', 0],
    ]);
    await zip.close();
  });

  it('detects changed bytes by the checksum', async () => {
    const damaged = Buffer.from(stored);
    damaged.writeUInt8(0x21, 30 + 'a.txt'.length + 5);
    await expectProblem(readFirst('damaged.zip', damaged), {
      code: 'data/corrupt',
      file: 'damaged.zip',
      field: 'a.txt',
    });
  });

  it('refuses a size that is too small, too large or impossible', async () => {
    await expectProblem(readFirst('less.zip', change(deflated, 24, text.length - 1)), {
      code: 'data/corrupt',
    });
    await expectProblem(readFirst('more.zip', change(deflated, 24, text.length + 1)), {
      code: 'data/corrupt',
    });
    await expectProblem(readFirst('absurd.zip', change(deflated, 24, 0x70000000)), { code: 'data/corrupt' });
    await expectProblem(readFirst('beyond.zip', change(stored, 20, 0x70000000)), { code: 'data/truncated' });
  });

  it('does not inflate a bomb beyond the size in its directory', async () => {
    const bomb = change(zipSync({ zeros: new Uint8Array(2 ** 28) }), 24, 50_000);
    const before = process.memoryUsage().rss;
    await expectProblem(readFirst('bomb.zip', bomb), { code: 'data/corrupt', field: 'zeros' });
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  it('refuses what is no archive or only the beginning of one', async () => {
    await expectProblem(readFirst('text.zip', text), { code: 'data/format', file: 'text.zip' });
    await expectProblem(readFirst('cut.zip', deflated.subarray(0, deflated.length - 40)), {
      code: 'data/format',
    });
    await expectProblem(readFirst('empty.zip', new Uint8Array(0)), { code: 'data/empty' });
  });

  it('refuses an encrypted entry and an unknown method', async () => {
    // Flags and method share one 32-bit word of the directory entry.
    await expectProblem(readFirst('locked.zip', change(deflated, 8, 1 | (8 << 16))), { code: 'data/format' });
    await expectProblem(readFirst('method.zip', change(deflated, 8, 99 << 16)), { code: 'data/format' });
  });
});
