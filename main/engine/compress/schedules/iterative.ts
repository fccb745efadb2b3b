import type { Schedule } from './schedule.ts';

export const iterative: Schedule = {
  id: 'iterative',
  label: 'Iterative',
  summary: 'Prunes the same share of what is left in every round, with training in between.',
  when: 'between',
  /** After round r of R the density is (1 - target)^(r / R). */
  targets: (target, events) =>
    Array.from({ length: events }, (_, i) =>
      i === events - 1 ? target : 1 - (1 - target) ** ((i + 1) / events),
    ),
};
