import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { coupling } from '../../../../main/engine/network/coupling/index.ts';
import { removeSome } from './removal.ts';
import { structures } from './structures.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('removal survives', () => {
  for (const [title, { network, groups, held = {}, options }] of Object.entries(structures)) {
    it(title, () => {
      const made = network();
      const found = coupling(made, options);
      expect(
        Object.fromEntries(found.groups.map(({ name, components }) => [name, components.length])),
      ).toEqual(groups);
      const reasons = new Map(found.held.map(({ name, reasons: [first] }) => [name, first?.text ?? '']));
      for (const [name, reason] of Object.entries(held)) expect(reasons.get(name), name).toMatch(reason);
      for (const share of [0.2, 0.5, 0.8]) {
        expect(removeSome(made, share, 1, options).apart).toBeLessThan(1e-5);
      }
    });
  }
});
