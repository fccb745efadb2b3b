import { coupling } from '../../network/coupling/index.ts';
import type { CountedKind } from './budget.ts';

export const channels: CountedKind = {
  id: 'channels',
  label: 'Channels',
  summary:
    'Channels, units and heads that layers make with weights; what can only leave together counts as one.',
  perChannel: 1,
  of: ({ network }) => {
    const { groups, held } = coupling(network);
    const made = [...groups, ...held].filter(({ makers }) => makers.length > 0);
    return made.reduce((sum, { components }) => sum + components.length, 0);
  },
};
