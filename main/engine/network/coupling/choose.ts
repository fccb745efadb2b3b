import type { Axis } from './coupler.ts';
import type { Factor } from './factors.ts';
import type { Choice, Pin, CouplingRecord } from './record.ts';

/**
 * Decides for every reshape which factor of its axes keeps slots of its own: all indices with the same digit go together, and
 * the other factors stay. A factor that cannot go anyway (pixels, tokens, what an end of the network needs) is none; where
 * several are left, the attention's option decides, and else the largest. What one reshape decides is known to the next.
 */
export function choose(record: CouplingRecord): void {
  const open = new Set(record.choices);
  const leading = () => new Set(record.heads.map((axis) => record.slots.find(axis.first)));
  for (;;) {
    let settled = false;
    for (const choice of open) {
      const left = candidates(record, choice);
      if (left.length > 1) continue;
      settle(record, choice, left[0]);
      open.delete(choice);
      settled = true;
    }
    if (settled) continue;
    const [next] = open;
    if (next === undefined) return;
    settle(record, next, preferred(record, next, candidates(record, next), leading()));
    open.delete(next);
  }
}

/** The factors that may keep slots of their own. Those that cannot are pinned on both sides. */
function candidates(record: CouplingRecord, choice: Choice): Factor[] {
  return choice.factors.filter((factor) => {
    const pin = sidesOf(choice, factor)
      .map(({ axis }) => pinOf(record, axis))
      .find((found) => found !== undefined);
    if (pin === undefined) return true;
    for (const { axis, whole } of sidesOf(choice, factor)) if (whole) pinAs(record, axis, pin);
    return false;
  });
}

function preferred(
  record: CouplingRecord,
  choice: Choice,
  left: readonly Factor[],
  leading: ReadonlySet<number>,
): Factor | undefined {
  const isHead = (factor: Factor) =>
    sidesOf(choice, factor).some(({ axis, whole }) => whole && leading.has(record.slots.find(axis.first)));
  const wanted = left.filter((factor) => isHead(factor) === (record.options.attention === 'heads'));
  const among = left.some(isHead) && wanted.length > 0 ? wanted : left;
  return among.reduce<Factor | undefined>(
    (best, each) => (best !== undefined && best.size >= each.size ? best : each),
    undefined,
  );
}

/** The slots of the chosen factor go with the indices that have it as a digit; all axes without it stay. */
function settle(record: CouplingRecord, choice: Choice, chosen: Factor | undefined): void {
  const { node, from, to, factors } = choice;
  const sides = chosen === undefined ? [] : sidesOf(choice, chosen);
  const pin = factors
    .flatMap((factor) => sidesOf(choice, factor))
    .map(({ axis }) => pinOf(record, axis))
    .find((found) => found !== undefined);
  for (const axis of [...from, ...to]) {
    if (!sides.some((side) => side.axis === axis))
      pinAs(record, axis, pin ?? { kind: 'position', axis, node, reason: '' });
  }
  const [source, target] = sides;
  if (chosen === undefined || source === undefined || target === undefined) return;
  const { size } = chosen;
  for (const { axis, stride } of sides) {
    for (let i = 0; i < axis.size; i++) {
      const value = Math.floor(i / stride) % size;
      record.slots.unite(source.axis.first + value * source.stride, axis.first + i);
    }
  }
  record.passes(node, target.axis, source.axis);
}

function sidesOf({ from, to }: Choice, factor: Factor): { axis: Axis; stride: number; whole: boolean }[] {
  return [
    { ...factor.from, axis: from[factor.from.axis] as Axis },
    { ...factor.to, axis: to[factor.to.axis] as Axis },
  ];
}

/** Why all slots of an axis stay; undefined where some may go. */
function pinOf(record: CouplingRecord, axis: Axis): Pin | undefined {
  let found: Pin | undefined;
  for (let i = 0; i < axis.size; i++) {
    const pin = record.pinOf(axis.first + i);
    if (pin === undefined) return undefined;
    found ??= pin;
  }
  return found;
}

function pinAs(record: CouplingRecord, axis: Axis, { kind, node, reason }: Pin): void {
  if (pinOf(record, axis) === undefined) record.pin({ kind, axis, node, reason });
}
