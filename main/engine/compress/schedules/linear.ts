import type { Schedule } from './schedule.ts';

export const linear: Schedule = {
  id: 'linear',
  label: 'Linear',
  summary: 'Prunes the same number of weights in every round, with training in between.',
  when: 'between',
  targets: (target, events) => Array.from({ length: events }, (_, i) => (target * (i + 1)) / events),
};
