import { copyWeights } from '../../compress/masks.ts';
import type { Snapshot } from '../../network/model.ts';
import type { Moment, RunContext } from '../context.ts';

/** What an attempt may cut, and the next one needs whole. */
const CUT = [
  ['init', 'start-init'],
  ['rewound', 'start-rewound'],
] as const satisfies readonly (readonly [Moment, Moment])[];

/** Puts the network back to where every attempt begins; the first one notes it. */
export async function runBeginStage({ data }: RunContext): Promise<void> {
  const { snapshots } = data;
  const start = snapshots.get('start');
  if (start === undefined) {
    const { masks: _whole, ...now } = data.model;
    snapshots.set('start', copied(now));
    for (const [moment, kept] of CUT) {
      const snapshot = snapshots.get(moment);
      if (snapshot !== undefined) snapshots.set(kept, copied(snapshot));
    }
    return;
  }
  data.model = { ...copied(start), masks: new Map() };
  data.removals = [];
  for (const [moment, kept] of CUT) {
    const snapshot = snapshots.get(kept);
    if (snapshot !== undefined) snapshots.set(moment, copied(snapshot));
  }
}

const copied = (snapshot: Snapshot): Snapshot => ({ ...snapshot, weights: copyWeights(snapshot.weights) });
