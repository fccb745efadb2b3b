import type { Point } from '../framework.ts';

/** Where widths are searched for: whole channels of a trained network, the largest ones of every group, removed at once. */
export const SEARCHED_WIDTHS = {
  maskFrom: 'trained',
  startFrom: 'found',
  train: 'finetune',
  criterion: 'magnitude',
  structure: 'channel',
  scope: 'global',
  schedule: 'one-shot',
  rounds: 1,
  updatesPerEpoch: 1,
} as const satisfies Point;
