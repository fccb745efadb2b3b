import { describe, expect, it } from 'vitest';
import { expectProblem, load, temporaryFolder } from './support.ts';

const { folder, write } = temporaryFolder();

/** Records whose image bytes are all `first + i`, behind the label bytes that `labels` gives for record i. */
function records(n: number, labels: (i: number) => number[], first = 0): Buffer {
  return Buffer.concat(
    Array.from({ length: n }, (_, i) =>
      Buffer.concat([Buffer.from(labels(i)), Buffer.alloc(3072, first + i)]),
    ),
  );
}

const read = (path: string, more = {}) => load(folder, { kind: 'cifar', path, ...more });

describe('CIFAR reader', () => {
  it('reads CIFAR-10 batches in the order of their names, with class names', async () => {
    const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
    write(
      'ten/data_batch_2.bin',
      records(20, (i) => [i % 10], 20),
    );
    write(
      'ten/data_batch_1.bin',
      records(20, (i) => [i % 10]),
    );
    write(
      'ten/test_batch.bin',
      records(10, (i) => [9 - i], 100),
    );
    write('ten/batches.meta.txt', `${names.join('\n')}\n\n`);
    const dataset = await read('ten', { validation: 0 });
    expect(dataset.classes).toEqual(names);
    expect(dataset.sampleShape).toEqual([3, 32, 32]);
    expect([dataset.train.size, dataset.validation.size, dataset.test.size]).toEqual([40, 0, 10]);
    dataset.train.labels.forEach((label, i) => {
      expect(label).toBe(i % 10);
      expect(dataset.train.values[i * 3072]).toBe(i);
      expect(dataset.train.values[i * 3072 + 3071]).toBe(i);
    });
    expect([...dataset.test.labels]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it('reads fine and coarse labels of CIFAR-100', async () => {
    write(
      'hundred/train.bin',
      records(40, (i) => [i % 20, i + 50]),
    );
    write(
      'hundred/test.bin',
      records(20, (i) => [i % 20, i]),
    );
    const fine = await read('hundred');
    expect(fine.classes).toHaveLength(100);
    expect([...fine.test.labels]).toEqual(Array.from({ length: 20 }, (_, i) => i));
    const coarse = await read('hundred', { labels: 'coarse', validation: 0 });
    expect(coarse.classes).toHaveLength(20);
    expect([...coarse.train.labels]).toEqual(Array.from({ length: 40 }, (_, i) => i % 20));
  });

  it('reads one file and holds out a test part', async () => {
    write(
      'one/some.bin',
      records(50, (i) => [i % 10]),
    );
    const dataset = await read('one/some.bin');
    expect([dataset.train.size, dataset.validation.size, dataset.test.size]).toEqual([36, 4, 10]);
  });

  it('keeps means of red, green and blue apart', async () => {
    const image = Buffer.concat([Buffer.alloc(1024, 10), Buffer.alloc(1024, 20), Buffer.alloc(1024, 30)]);
    const record = (label: number) => Buffer.concat([Buffer.of(label), image]);
    write('rgb/data_batch_1.bin', Buffer.concat(Array.from({ length: 20 }, (_, i) => record(i % 2))));
    expect((await read('rgb')).normalization).toEqual({ mean: [10, 20, 30], std: [1, 1, 1] });
  });

  it('names the file and the byte of what is wrong', async () => {
    const good = records(20, (i) => [i % 10]);
    write('cut/data_batch_1.bin', good.subarray(0, 3073 * 5 + 100));
    await expectProblem(read('cut'), {
      code: 'data/truncated',
      file: 'cut/data_batch_1.bin',
      field: `byte ${3073 * 5}`,
    });
    write(
      'label/data_batch_1.bin',
      records(20, (i) => [i === 7 ? 10 : 0]),
    );
    await expectProblem(read('label'), { code: 'data/labels', field: `byte ${7 * 3073}` });
    write('empty/data_batch_1.bin', '');
    await expectProblem(read('empty'), { code: 'data/empty', file: 'empty/data_batch_1.bin' });
    write('none/readme.txt', 'nothing here');
    await expectProblem(read('none'), { code: 'data/not-found', file: 'none' });
    write('names/data_batch_1.bin', good);
    write('names/batches.meta.txt', 'cat\ndog\n');
    await expectProblem(read('names'), { code: 'data/labels', file: 'names/batches.meta.txt' });
  });
});
