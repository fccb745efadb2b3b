import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readArchive } from '../../../main/engine/formats/archive/read.ts';
import type { ValueType } from '../../../main/engine/formats/archive/write.ts';
import { writeArchive } from '../../../main/engine/formats/archive/write.ts';
import { toHalf } from '../../../main/engine/formats/half-write.ts';
import { fromHalf } from '../../../main/engine/base/half.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import type { MaskSet, WeightSet } from '../../../main/engine/network/graph.ts';
import { prunableParams } from '../../../main/engine/network/graph.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';

const folder = temporaryFolder();

/** A network of the zoo with this share of its weights pruned at random. */
function pruned(id: string, sparsity: number) {
  const entry = zoo.get(id);
  const network = entry.build({ input: entry.defaultInput, classes: 10 });
  const weights = initialize(network, Random.from(1, 'weights'));
  const random = Random.from(2, 'masks');
  const masks: MaskSet = new Map();
  for (const name of prunableParams(network)) {
    const size = weights.get(name)?.data.length ?? 0;
    masks.set(
      name,
      Uint8Array.from({ length: size }, () => (random.float() < sparsity ? 0 : 1)),
    );
  }
  return { network, weights, masks };
}

function masked(weights: WeightSet, masks: MaskSet): Map<string, Float32Array> {
  return new Map(
    [...weights].map(([name, { data }]) => [
      name,
      data.map((value, i) => (masks.get(name)?.[i] === 0 ? 0 : value)),
    ]),
  );
}

describe('.espalier', () => {
  it('comes back as it was, at any sparsity', () => {
    for (const sparsity of [0, 0.9, 0.99, 1]) {
      const { network, weights, masks } = pruned('resnet-20', sparsity);
      const back = readArchive(writeArchive(network, weights, { masks, metadata: { a: 'b' } }), 'm.espalier');
      expect(back.network).toEqual(network);
      expect(back.metadata).toEqual({ a: 'b' });
      for (const [name, data] of masked(weights, masks)) {
        expect([...(back.weights.get(name)?.data ?? [])], name).toEqual([...data].map((value) => value + 0));
      }
    }
  });

  it('needs no more than 1.03 times the bound at 90 % zeros', () => {
    for (const id of ['lenet-300-100', 'resnet-20']) {
      const { network, weights, masks } = pruned(id, 0.9);
      const kept = masked(weights, masks);
      let bound = 0;
      for (const data of kept.values()) {
        const stored = data.filter((value) => value !== 0).length;
        const share = stored / data.length;
        const entropy =
          share === 0 || share === 1 ? 0 : -(share * Math.log2(share) + (1 - share) * Math.log2(1 - share));
        bound += stored * 4 + (data.length * entropy) / 8;
      }
      const bytes = writeArchive(network, weights, { masks }).length;
      console.log(`${id}: ${bytes} bytes, ${(bytes / bound).toFixed(4)} times the bound`);
      expect(bytes / bound).toBeLessThan(1.03);
    }
  });

  it('keeps zeros zero in 16 and in 8 bits, and is off by no more than these allow', () => {
    const { network, weights, masks } = pruned('lenet-300-100', 0.9);
    const kept = masked(weights, masks);
    for (const [values, allowed] of [
      ['float16', 2 ** -11],
      ['int8', 1 / 127],
    ] as const) {
      const back = readArchive(writeArchive(network, weights, { masks, values }), 'm').weights;
      for (const [name, data] of kept) {
        const found = back.get(name)?.data ?? new Float32Array();
        const most = data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
        data.forEach((value, i) => {
          if (value === 0) expect(found[i]).toBe(0);
          else expect(Math.abs((found[i] ?? NaN) - value)).toBeLessThanOrEqual(allowed * most + 1e-12);
        });
      }
    }
  });

  it('is a network that a recipe can name', async () => {
    const { network, weights, masks } = pruned('lenet-300-100', 0.5);
    await writeFile(join(folder, 'm.bin'), writeArchive(network, weights, { masks }));
    expect((await readModel('m.bin', folder)).format.id).toBe('espalier');
  });

  it('names what is damaged', () => {
    const network = new NetworkBuilder('small', [1, 6, 6])
      .conv('c', 4)
      .relu()
      .flatten()
      .dense('d', 3)
      .build();
    const weights = initialize(network, Random.from(1, 'weights'));
    const masks = new Map([['d.weight', Uint8Array.from({ length: 432 }, (_, i) => i % 3)]]);
    const bytes = writeArchive(network, weights, { masks });
    expect(() => readArchive(bytes.subarray(0, 10), 'm')).toThrow(problemWith({ field: 'header' }));
    expect(() => readArchive(bytes.subarray(0, bytes.length - 9), 'm')).toThrow(
      problemWith({ code: 'archive/damaged', field: 'scales' }),
    );
    const random = Random.from(1, 'archive');
    let refused = 0;
    for (let round = 0; round < 1000; round++) {
      const copy = bytes.slice();
      for (let i = 0; i < 3; i++)
        copy[Math.floor(random.float() * copy.length)] = Math.floor(random.float() * 256);
      try {
        readArchive(copy, 'm');
      } catch (error) {
        expect(error).toEqual(problemWith({ kind: 'input', file: 'm' }));
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});

describe('the loaders of docs/formats.md', () => {
  const docs = readFileSync(new URL('../../../docs/formats.md', import.meta.url), 'utf8');
  const code = (language: string) => new RegExp('```' + language + '\n([^]*?)\n```').exec(docs)?.[1] ?? '';
  const { network, weights, masks } = pruned('lenet-5-caffe', 0.95);
  const types: ValueType[] = ['float32', 'float16', 'int8'];

  it('JavaScript', async () => {
    const script = join(folder, 'load.mjs');
    await writeFile(script, code('js'));
    const { loadEspalier } = (await import(pathToFileURL(script).href)) as {
      loadEspalier: (path: string) => { tensors: Record<string, { data: Float32Array }> };
    };
    for (const values of types) {
      const bytes = writeArchive(network, weights, { masks, values });
      await writeFile(join(folder, `${values}.espalier`), bytes);
      const { tensors } = loadEspalier(join(folder, `${values}.espalier`));
      for (const [name, { data }] of readArchive(bytes, 'm').weights) {
        expect([...(tensors[name]?.data ?? [])], `${values} ${name}`).toEqual([...data]);
      }
    }
  });

  const python = spawnSync('python3', [
    '-c',
    'import numpy\ntry:\n import compression.zstd\nexcept ImportError:\n import zstandard',
  ]);
  const why = python.status === 0 ? '' : ' (skipped: python3 with numpy and zstd is missing)';
  it.skipIf(why !== '')(`Python${why}`, async () => {
    const bytes = writeArchive(network, weights, { masks, values: 'int8' });
    await writeFile(join(folder, 'p.espalier'), bytes);
    const script = `${code('python')}\nimport sys\n_, _, t = load_espalier(sys.argv[1])\nprint(json.dumps({k: float(v.astype('f8').sum()) for k, v in t.items()}))`;
    const { stdout, stderr } = spawnSync('python3', ['-c', script, join(folder, 'p.espalier')], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const sums = JSON.parse(stdout) as Record<string, number>;
    for (const [name, { data }] of readArchive(bytes, 'm').weights) {
      expect(sums[name]).toBeCloseTo(
        data.reduce((sum, value) => sum + value, 0),
        4,
      );
    }
  });
});

describe('toHalf', () => {
  it('is the inverse of reading, and rounds to the nearest', () => {
    for (let bits = 0; bits < 0x7c00; bits += 7) expect(toHalf(fromHalf(bits))).toBe(bits);
    const random = Random.from(1, 'half');
    for (let i = 0; i < 2000; i++) {
      const value = Math.fround(random.normal() * 10 ** (random.float() * 10 - 6));
      const bits = toHalf(value);
      const own = Math.abs(fromHalf(bits) - value);
      for (const near of [bits - 1, bits + 1]) {
        if ((near & 0x7fff) < 0x7c00 && near >= 0)
          expect(own).toBeLessThanOrEqual(Math.abs(fromHalf(near) - value));
      }
    }
    expect([toHalf(1e9), toHalf(-1e9), toHalf(0), toHalf(-0)]).toEqual([0x7c00, 0xfc00, 0, 0x8000]);
  });
});
