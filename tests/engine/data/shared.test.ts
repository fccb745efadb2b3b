import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { countClasses } from '../../../main/engine/data/labels.ts';
import { expectProblem, load, sharedData } from './support.ts';

/** Tests on real files run where these are; elsewhere they are skipped, and the title says what is missing. */
const present = (name: string) => existsSync(path.join(sharedData, name));
const needs = (name: string, title: string) =>
  present(name) ? title : `${title} (skipped: ../shared/data/${name} is not there)`;

describe('real data sets', () => {
  it.skipIf(!present('fashion-mnist'))(needs('fashion-mnist', 'Fashion-MNIST'), async () => {
    const dataset = await load(sharedData, { kind: 'idx', path: 'fashion-mnist', validation: 0 });
    expect([dataset.train.size, dataset.test.size]).toEqual([60_000, 10_000]);
    expect(countClasses(dataset.train.labels, 10)).toEqual(new Array(10).fill(6000));
    // The published mean and standard deviation of its training images are 0.2860 and 0.3530.
    expect((dataset.normalization.mean[0] ?? 0) / 255).toBeCloseTo(0.286, 3);
    expect((dataset.normalization.std[0] ?? 0) / 255).toBeCloseTo(0.353, 3);
  });

  it.skipIf(!present('mnist'))(needs('mnist', 'MNIST'), async () => {
    const dataset = await load(sharedData, { kind: 'idx', path: 'mnist', validation: 0 });
    expect(countClasses(dataset.test.labels, 10)).toEqual([
      980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]);
    expect((dataset.normalization.mean[0] ?? 0) / 255).toBeCloseTo(0.1307, 4);
    expect((dataset.normalization.std[0] ?? 0) / 255).toBeCloseTo(0.3081, 4);
  });

  it.skipIf(!present('cifar10-lossless-4000'))(
    needs('cifar10-lossless-4000', 'part of CIFAR-10'),
    async () => {
      const dataset = await load(sharedData, { kind: 'cifar', path: 'cifar10-lossless-4000' });
      expect([dataset.train.size, dataset.validation.size, dataset.test.size]).toEqual([3600, 400, 242]);
      expect(dataset.classes[3]).toBe('cat');
      // Close to the means of all 50,000 images: 125.3, 122.95, 113.87.
      [125.3, 122.95, 113.87].forEach((mean, c) => {
        expect(Math.abs((dataset.normalization.mean[c] ?? 0) - mean)).toBeLessThan(3);
      });
    },
  );

  const zip = 'cifar10-jpeg/cifar10-jpeg.zip';
  it.skipIf(!present(zip))(needs(zip, 'CIFAR-10 as a .zip of JPEG files'), async () => {
    const dataset = await load(sharedData, { kind: 'images', path: zip, limit: 500 });
    expect(dataset.classes).toHaveLength(10);
    expect(dataset.sampleShape).toEqual([3, 32, 32]);
    expect([dataset.train.size, dataset.validation.size, dataset.test.size]).toEqual([500, 500, 500]);
    expect(countClasses(dataset.test.labels, 10)).toEqual(new Array(10).fill(50));
    expect(Math.abs((dataset.normalization.mean[0] ?? 0) - 125.3)).toBeLessThan(5);
  });

  const photos = 'sign-language-digits/Dataset';
  it.skipIf(!present(photos))(needs(photos, 'photos in class folders'), async () => {
    const spec = { kind: 'images', path: photos, height: 32, width: 32, color: 'grey', limit: 100 };
    const dataset = await load(sharedData, spec);
    expect(dataset.classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(dataset.sampleShape).toEqual([1, 32, 32]);
    expect(countClasses(dataset.train.labels, 10)).toEqual(new Array(10).fill(10));
  });

  it.skipIf(!present('tabular'))(needs('tabular', 'tables with numbers, text and blanks'), async () => {
    const iris = await load(sharedData, { kind: 'csv', path: 'tabular/iris.csv' });
    expect(iris.classes).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(countClasses(iris.test.labels, 3)).toEqual([10, 10, 10]);
    const adult = { kind: 'csv', path: 'tabular/adult_train.csv', testPath: 'tabular/adult_test.csv' };
    await expectProblem(load(sharedData, adult), { field: "row 23, column 'workclass'" });
    const imputed = await load(sharedData, { ...adult, missing: 'impute' });
    expect(imputed.classes).toEqual(['<=50K', '>50K']);
    expect(imputed.test.size).toBe(9769);
    // fnlwgt and capital_gain run into the hundred thousands: standardised they have variance 1.
    expect(Math.max(...imputed.normalization.std)).toBeGreaterThan(10_000);
  });
});
