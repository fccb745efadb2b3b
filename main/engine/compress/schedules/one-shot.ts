import type { Schedule } from './schedule.ts';

export const oneShot: Schedule = {
  id: 'one-shot',
  label: 'One-shot',
  summary: 'Prunes once, straight to the target.',
  when: 'between',
  targets: (target) => [target],
};
