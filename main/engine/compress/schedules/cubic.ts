import type { Schedule } from './schedule.ts';

export const cubic: Schedule = {
  id: 'cubic',
  label: 'Gradual (cubic)',
  summary:
    'Prunes a little many times while training goes on: much at first, less and less towards the target.',
  when: 'within',
  /** s_j = s (1 - (1 - j/n)^3): Zhu and Gupta 2017, equation 1, from zero initial sparsity. */
  targets: (target, events) =>
    Array.from({ length: events }, (_, i) => target * (1 - (1 - (i + 1) / events) ** 3)),
};
