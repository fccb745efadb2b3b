import type { GroupUnit, HoldReason, Side } from '../../../contract/groups.ts';
import type { Network } from '../graph.ts';
import type { Axis } from './coupler.ts';
import type { Component, Found } from './components.ts';
import type { Pin, CouplingRecord } from './record.ts';

/** Components of the same role: they have slices of the same axes, so any of them may leave while one stays. */
export interface Group {
  /** Of the first layer that makes these channels; unlike that of every other group. */
  readonly name: string;
  readonly unit: GroupUnit;
  /** The layers that make these channels, and those that read them, in order. */
  readonly makers: readonly string[];
  readonly readers: readonly string[];
  /** In the order of their indices. */
  readonly components: readonly Component[];
}

/** Components of the same role that stay. */
export interface Held extends Group {
  readonly reasons: readonly HoldReason[];
}

/** Components by their roles. What stays and is neither made nor read by weights (tokens, say) is left out. */
export function groupsOf(
  network: Network,
  record: CouplingRecord,
  components: readonly Found[],
): { groups: Group[]; held: Held[] } {
  const byRole = new Map<string, Found[]>();
  for (const component of components) {
    const { axes, pins, members } = component;
    if (pins.some(({ kind }) => kind === 'position') && members.every(({ side }) => side === 'along'))
      continue;
    const key = `${pins.length > 0} ${axes.map(({ first }) => first).join()}`;
    const same = byRole.get(key);
    if (same === undefined) byRole.set(key, [component]);
    else same.push(component);
  }
  const names = new Set<string>();
  const all = [...byRole.values()].map((found) => describe(network, record, found, names));
  return {
    groups: all.filter(({ reasons }) => reasons.length === 0).map(({ reasons: _, ...group }) => group),
    held: all.filter(({ reasons }) => reasons.length > 0),
  };
}

/** @param names those that are taken, in place */
function describe(
  network: Network,
  record: CouplingRecord,
  found: readonly Found[],
  names: Set<string>,
): Held {
  const [{ members, axes, pins }] = found as [Found, ...Found[]];
  const layers = (side: Side) => [
    ...new Set(members.filter((member) => member.side === side).map(({ node }) => node)),
  ];
  const [makers, readers, others] = [layers('makes'), layers('reads'), layers('along')];
  const name = unlike(makers[0] ?? others[0] ?? `input of ${readers[0] ?? ''}`, names);
  return {
    name,
    unit: unitOf(record, axes),
    makers,
    readers,
    components: found.map((component) => ({ members: component.members, slot: component.slot })),
    reasons: pins.length === 0 && found.length === 1 ? [alone(name, axes)] : reasonsOf(pins),
  };
}

/** Of every group one component stays, so that nothing is ever left without any. */
function alone(group: string, [first]: readonly Axis[]): HoldReason {
  return {
    text: `Nothing else of '${group}' has its place.`,
    of: first?.name ?? group,
    axis: first?.axis ?? 0,
  };
}

function unlike(wanted: string, names: Set<string>): string {
  let name = wanted;
  for (let i = 2; names.has(name); i++) name = `${wanted} (${i})`;
  names.add(name);
  return name;
}

function unitOf(record: CouplingRecord, axes: readonly Axis[]): GroupUnit {
  if (record.heads.some((axis) => axes.includes(axis))) return 'head';
  if (record.widths.some((axis) => axes.includes(axis))) return 'head index';
  const image = axes.some(({ kind, name }) => kind === 'value' && record.values.get(name)?.length === 4);
  return image ? 'channel' : 'unit';
}

/** What tells most: that slots are positions says little where they are also held for another reason. */
function reasonsOf(pins: readonly Pin[]): HoldReason[] {
  const [kind] = (['held', 'only', 'position'] as const).filter((each) =>
    pins.some((pin) => pin.kind === each),
  );
  const reasons = new Map<string, HoldReason>();
  for (const pin of pins) {
    if (pin.kind !== kind) continue;
    const text = sentence(pin);
    if (!reasons.has(text)) {
      reasons.set(text, { text, node: pin.node?.name, of: pin.axis.name, axis: pin.axis.axis });
    }
  }
  // Of what they are, one axis tells as much as all others.
  return [...reasons.values()].slice(0, kind === 'held' ? undefined : 1);
}

function sentence({ kind, axis, node, reason }: Pin): string {
  if (kind === 'only') return `Without them nothing would be left of '${axis.name}'.`;
  if (node === undefined) return `${reason}.`;
  const what = kind === 'position' ? 'takes them as rows, columns or steps, which are no channels' : reason;
  return `${node.op} '${node.name}' ${what}.`;
}
