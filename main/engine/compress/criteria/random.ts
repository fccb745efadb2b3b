import type { Criterion } from './criterion.ts';

export const random: Criterion = {
  id: 'random',
  label: 'Random',
  summary: 'Keeps weights drawn at random with the seed: the control that every other criterion must beat.',
  pooling: { slice: 'mean', members: 'makers', normalise: 'none' },
  async score({ units, random }) {
    return units.spread(
      new Map(
        units.groups.map((group) => [
          group.name,
          Float32Array.from({ length: group.units }, () => random.float()),
        ]),
      ),
    );
  },
};
