import type { StructureSpec } from '../../../contract/structure.ts';
import type { Component, Member } from '../../network/coupling/components.ts';
import type { Group } from '../../network/coupling/groups.ts';
import { coupling } from '../../network/coupling/index.ts';
import { componentMasks } from '../../network/coupling/masks.ts';
import { isTrained, sizeOf, type MaskSet, type Network } from '../../network/graph.ts';
import type { Model } from '../../network/model.ts';
import type { ScoreSet } from '../scores.ts';
import { shrink } from '../../network/shrink.ts';
import { couplingOptionsOf } from './coupled.ts';
import { counting, visit } from './members.ts';
import { stepOf, wholeOnes } from './multiples.ts';
import { normalised, pooled, poolingOf } from './pooling.ts';
import type { Structure } from './structure.ts';

/**
 * Channels, units and heads of coupled layers (Fang et al. 2023, arXiv 2301.12900): a unit is all that can only leave together,
 * and its masks cover whatever makes it, reads it or goes along with it, biases and norms included, so that the network
 * without it computes the same. A sparsity counts channels.
 */
export const channel: Structure = {
  id: 'channel',
  label: 'Whole channels',
  summary:
    'Channels, units and heads are kept or leave whole, with everything that makes and reads them; a sparsity counts channels.',
  aliases: ['structured', 'filter', 'filters', 'channels'],
  options: {
    power: null,
    slice: null,
    members: null,
    pool: null,
    normalise: null,
    multiple: 1,
    attention: null,
    grouped: null,
  },
  scopes: {
    ids: ['global', 'layerwise', 'by-hand'],
    why: 'the shares of other scopes follow shapes of weights, and a group of channels has those of several layers',
  },
  protected: 'a layer without a channel is no layer',
  countsChannels: true,
  leaves: true,
  units(network, params, spec, criterion = {}, excluded = new Set()) {
    const scored = new Set(criterion.scored?.(network, params) ?? params);
    const coupled = coupling(network, couplingOptionsOf(spec));
    const pooling = poolingOf(spec, criterion.pooling);
    const all = leaving(network, params, spec, excluded);
    const groups = all.filter(({ components: [first] }) =>
      first?.members.some(({ param }) => scored.has(param)),
    );
    const membersOf = (component: Component) =>
      counting(component, pooling.members, ({ param }) => scored.has(param));
    return {
      groups: groups.map((group) => ({
        name: group.name,
        shape: [],
        units: group.components.length,
        costs: 1,
        ...(spec.multiple !== undefined && { step: stepOf(group, spec.multiple) }),
      })),
      scored: [...scored],
      coupled: { groups, coupling: coupled, members: pooling.members },
      reduce: (scores) =>
        new Map(
          groups.map(({ name, components }) => {
            const each = components.map((component) => {
              const slices = membersOf(component).map((member) => sliceOf(member, network, scores, pooling));
              const live = slices.filter((slice) => slice !== undefined);
              return live.length === 0 ? -Infinity : pooled(live, pooling.pool);
            });
            return [name, normalised(Float64Array.from(each), pooling.normalise)];
          }),
        ),
      spread: (scores) => spread(network, groups, scored, scores, membersOf),
      expand(kept) {
        const masks: MaskSet = new Map();
        const touched = groups.flatMap(({ components: [first] }) => first?.members ?? []);
        for (const { param, role } of touched) {
          if (isTrained(role)) masks.set(param, new Uint8Array(sizeOf(shapeOf(network, param))).fill(1));
        }
        const gone = groups.flatMap(({ name, components }) =>
          components.filter((_, i) => kept.get(name)?.[i] === 0),
        );
        return new Map([...masks, ...componentMasks(network, gone)]);
      },
      without: (kept) => {
        const gone = groups.flatMap(({ name, components }) =>
          components.filter((_, i) => kept.get(name)?.[i] === 0),
        );
        return shrink(network, coupled, gone).network;
      },
      left: (model) => groups.reduce((sum, group) => sum + leftOf(group, network, model), 0),
      remark: () => remark(all, groups) + wholeOnes(groups, spec.multiple),
    };
  },
};

/** The groups that may lose channels: those that are not excluded, nor any of their weights. */
function leaving(
  network: Network,
  params: readonly string[],
  spec: StructureSpec,
  excluded: ReadonlySet<string>,
): Group[] {
  return coupling(network, couplingOptionsOf(spec)).groups.filter(
    ({ name, components: [first] }) =>
      !excluded.has(name) &&
      first?.members.every(({ param, role }) => role !== 'weight' || params.includes(param)),
  );
}

/** The score of one slice: undefined where all of it is pruned already, as what is pruned adds nothing. */
function sliceOf(
  member: Member,
  network: Network,
  scores: ScoreSet,
  { power, slice }: { readonly power: number; readonly slice: 'sum' | 'mean' },
): number | undefined {
  const part = scores.get(member.param) ?? [];
  let sum = 0;
  let live = 0;
  visit(member, shapeOf(network, member.param), (at) => {
    const score = part[at] as number;
    if (score === -Infinity) return;
    live++;
    sum += power === 1 ? score : Math.sign(score) * Math.abs(score) ** power;
  });
  if (live === 0) return undefined;
  return slice === 'mean' ? sum / live : sum;
}

/** Every weight that makes a channel has its score; what makes none has 0. */
function spread(
  network: Network,
  groups: readonly Group[],
  scored: ReadonlySet<string>,
  scores: ScoreSet,
  membersOf: (component: Component) => readonly Member[],
): ScoreSet {
  const found: ScoreSet = new Map(
    [...scored].map((name) => [name, new Float64Array(sizeOf(shapeOf(network, name)))]),
  );
  for (const { name, components } of groups) {
    components.forEach((component, i) => {
      for (const member of membersOf(component)) {
        const part = found.get(member.param);
        visit(member, shapeOf(network, member.param), (at) =>
          part?.fill(scores.get(name)?.[i] ?? 0, at, at + 1),
        );
      }
    });
  }
  return found;
}

/** Components of a group that are neither cut out of the network nor masked whole. */
function leftOf(
  { components }: Group,
  base: Network,
  { network, masks }: Pick<Model, 'network' | 'masks'>,
): number {
  const [member] = components[0]?.members ?? [];
  if (member === undefined) return 0;
  const [size, before] = [network, base].map((of) => shapeOf(of, member.param)[member.axis]);
  if (size !== before) return (size ?? 0) / member.indices.length;
  return components.filter(({ members }) =>
    members.some(({ role, ...slice }) => {
      if (!isTrained(role)) return false;
      const mask = masks.get(slice.param);
      let kept = mask === undefined;
      if (mask !== undefined) visit(slice, shapeOf(base, slice.param), (at) => (kept ||= mask[at] === 1));
      return kept;
    }),
  ).length;
}

function shapeOf(network: Network, param: string): readonly number[] {
  return network.params[param]?.shape ?? [];
}

function remark(all: readonly Group[], groups: readonly Group[]): string {
  const count = (of: readonly Group[]) => of.reduce((sum, { components }) => sum + components.length, 0);
  const others = count(all) - count(groups);
  const unscored =
    others === 0 ? '' : ` ${others} more could leave but have nothing that the criterion goes by.`;
  return `${count(groups)} channels may leave, in ${groups.length} groups of those that go together; a sparsity counts them.${unscored}`;
}
