import { describe, expect, it } from 'vitest';
import { scoringData } from '../../../main/engine/compress/criteria/scoring-data.ts';
import { assemble } from '../../../main/engine/data/assemble.ts';
import { fed } from '../../../main/engine/backend/fed.ts';
import { batches } from '../../../main/engine/data/batches.ts';
import { classesOf, countClasses, strata } from '../../../main/engine/data/labels.ts';
import { summarize } from '../../../main/engine/data/summary.ts';

const SIZE = 60;
const CLASSES = 3;
/** Of every six samples: three of class 0, one of 0 and 1, one of 1 and 2, one of none. */
const PATTERNS = [
  [1, 0, 0],
  [1, 0, 0],
  [1, 1, 0],
  [1, 0, 0],
  [0, 1, 1],
  [0, 0, 0],
];
const labels = new Uint8Array(SIZE * CLASSES);
for (let i = 0; i < SIZE; i++) labels.set(PATTERNS[i % 6] ?? [], i * CLASSES);

const dataset = assemble(
  {
    name: 'several labels',
    classes: ['a', 'b', 'c'],
    sampleShape: [1],
    train: { values: Float32Array.from({ length: SIZE }, (_, i) => i), labels },
  },
  { normalize: 'none', validation: 0, test: 0.5, seed: 1, source: 'test' },
);

describe('labels as a matrix', () => {
  it('are counted by class', () => {
    expect(countClasses(labels, CLASSES)).toEqual([40, 20, 10]);
    expect(classesOf(labels, 4, CLASSES)).toEqual([1, 2]);
    expect(classesOf(labels, 5, CLASSES)).toEqual([]);
  });

  it('are drawn from by the rarest class of each sample, and by none', () => {
    expect([...strata(labels.subarray(0, 6 * CLASSES), CLASSES)]).toEqual([0, 0, 1, 0, 2, 3]);
    expect(countClasses(dataset.train.labels, CLASSES)).toEqual([20, 10, 5]);
    expect(countClasses(dataset.test.labels, CLASSES)).toEqual([20, 10, 5]);
  });

  it('go with their samples into splits and batches', () => {
    for (const part of [dataset.train, dataset.test]) {
      for (let i = 0; i < part.size; i++) {
        expect([...part.labels.subarray(i * CLASSES, (i + 1) * CLASSES)]).toEqual(
          PATTERNS[(part.values[i] ?? 0) % 6],
        );
      }
    }
    const [batch] = batches(dataset.train, dataset, { batchSize: 4, order: 'sequential' });
    if (batch === undefined) throw new Error('there is a batch');
    const { x, y } = fed(batch, [1]);
    expect(y?.shape).toEqual([4, 3]);
    expect([...(y?.data ?? [])]).toEqual([...(x?.data ?? [])].flatMap((value) => PATTERNS[value % 6]));
  });

  it('are balanced: every class, and none, has its samples', () => {
    const drawn = [...scoringData(dataset, 1, 'test').balanced(2, 100)].flatMap(({ y, size }) =>
      Array.from({ length: size }, (_, i) => [...y.subarray(i * CLASSES, (i + 1) * CLASSES)].join('')),
    );
    const having = (test: (pattern: string) => boolean) => drawn.filter(test).length;
    for (const c of [0, 1, 2]) expect(having((pattern) => pattern[c] === '1')).toBeGreaterThanOrEqual(2);
    expect(having((pattern) => pattern === '000')).toBe(2);
    expect(drawn.length).toBeLessThan(dataset.train.size / 2);
  });

  it('are told by the summary and change the fingerprint', () => {
    const summary = summarize(dataset);
    expect(summary.multiLabel).toBe(true);
    expect(summary.counts).toEqual([20, 10, 5]);
    const one = assemble(
      {
        name: 'one label',
        classes: ['a', 'b', 'c'],
        sampleShape: [1],
        train: { values: Float32Array.of(1, 2, 3, 4), labels: Int32Array.of(0, 1, 0, 1) },
      },
      { normalize: 'none', validation: 0, test: 0.5, seed: 1, source: 'test' },
    );
    expect(summarize(one).multiLabel).toBe(false);
    expect(one.fingerprint).not.toBe(dataset.fingerprint);
  });
});
