import type { MeasuredWidths } from '../../../contract/speed.ts';
import { floorOf } from '../../compress/cap.ts';
import { scopes } from '../../compress/scopes/index.ts';
import type { ScoreSet } from '../../compress/scores.ts';
import { unitsOf, type Selected } from '../../compress/select.ts';
import type { Selection } from '../../compress/selection.ts';
import { Widths } from '../../compress/widths.ts';
import { coupling } from '../../network/coupling/index.ts';
import { couplingOptionsOf } from '../../compress/structures/coupled.ts';
import { countKept } from '../../compress/masks.ts';
import type { Network } from '../../network/graph.ts';
import { bestWidths } from '../../speed/best-widths.ts';

const WHOLE = { median: 1, low: 1, high: 1 };

/** The step that most of the measured time has; null where no steps can be told. */
export function commonStep({ groups }: MeasuredWidths): number | null {
  const time = new Map<number | null, number>();
  for (const { step, ms } of groups) time.set(step, (time.get(step) ?? 0) + ms);
  const [first] = [...time].filter(([step]) => step !== null).sort(([, a], [, b]) => b - a);
  return first?.[0] ?? null;
}

/**
 * Selections by measured times: of every group one of the widths worth having, so that the least is lost of what all layers keep. What a
 * layer keeps is the share of the scores of the channels that it makes, times that of those that it reads; of all layers these
 * multiply, so that none is left with next to nothing to save time elsewhere.
 * @param left what is kept where nothing more is pruned
 * @returns what is kept where this share of the predicted time is to go; undefined where the scope gives every layer its share
 */
export function byTime(
  measured: MeasuredWidths,
  network: Network,
  selection: Selection,
  scores: ScoreSet,
  left: Selected,
): ((share: number) => Selected) | undefined {
  if (scopes.get(selection.scope).competes !== true) return undefined;
  const units = unitsOf(network, selection);
  const ranked = new Map(
    [...units.reduce(scores)].map(([name, own]) => [
      name,
      Float64Array.from(own, (score, i) => (left.kept.get(name)?.[i] === 0 ? -Infinity : score)),
    ]),
  );
  const widths = new Widths(units.groups, ranked);
  const layersOf = new Map(
    coupling(network, couplingOptionsOf(selection.structure ?? {})).groups.map(
      ({ name, makers, readers }) => [name, makers.length + readers.length],
    ),
  );
  const shares = new Map(
    units.groups.map(({ name }) => [name, sharesKept(widths.order(name), ranked.get(name))]),
  );
  const { cap } = selection;
  const allowed = {
    ...measured,
    groups: measured.groups.map((group) => {
      // Of a group that is not pruned all stays; of one that was, what is left may, at an edge or not.
      const most = shares.has(group.name) ? widths.order(group.name).length : group.units;
      const least = cap === undefined ? 1 : floorOf(group.units, cap);
      const own = group.widths.filter(
        ({ width }) => width >= least && width < most && shares.has(group.name),
      );
      return { ...group, widths: [...own, { width: most, time: WHOLE }] };
    }),
  };
  const lossOf = (group: string, width: number) =>
    -(layersOf.get(group) ?? 1) * Math.log(shares.get(group)?.[width] ?? 1);
  return (share) => {
    const found = bestWidths(allowed, lossOf, 1 - share);
    const kept = new Map(
      units.groups.map(({ name }) => [
        name,
        widths.best(name, found.get(name) ?? countKept(left.kept.get(name) ?? new Uint8Array())),
      ]),
    );
    return { kept, masks: units.expand(kept) };
  };
}

/** By the number of best units that are kept, the share of all scores that they have; of equal ones without scores above zero their number. */
function sharesKept(
  order: readonly number[],
  scores: Float64Array | Float32Array = new Float64Array(),
): number[] {
  const worth = order.map((unit) => Math.max(0, scores[unit] ?? 0));
  const total = worth.reduce((sum, each) => sum + each, 0);
  let sum = 0;
  return [0, ...worth.map((each, i) => (total > 0 ? (sum += each) / total : (i + 1) / order.length))];
}
