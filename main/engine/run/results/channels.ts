import type { ChannelsReport } from '../../../contract/report.ts';
import { coupling } from '../../network/coupling/index.ts';
import type { Network } from '../../network/graph.ts';

/**
 * How many channels each layer of a network still makes.
 * @param base the network as it came
 * @param compact the same with fewer channels
 * @returns nothing where none left
 */
export function channelsLeft(base: Network, compact: Network): ChannelsReport[] {
  const sizeIn = ({ params }: Network, param: string, axis: number) => params[param]?.shape[axis] ?? 0;
  const changed = Object.keys(base.params).some((param) => {
    const [before, after] = [base.params[param]?.shape, compact.params[param]?.shape];
    return before?.some((size, axis) => size !== after?.[axis]);
  });
  if (!changed) return [];
  const { groups, held } = coupling(base);
  const rows = [...groups, ...held].flatMap(({ name, unit, components }) => {
    const [first] = components;
    const makes = (first?.members ?? []).filter(({ side }) => side === 'makes');
    const layers = new Map(makes.map((member) => [member.node, member]));
    return [...layers].map(([layer, { param, axis }]) => {
      const share = sizeIn(compact, param, axis) / sizeIn(base, param, axis);
      return {
        layer,
        group: name,
        unit,
        total: components.length,
        kept: Math.round(components.length * share),
      };
    });
  });
  const order = new Map(base.nodes.map((node, i) => [node.name, i]));
  return rows.toSorted((a, b) => (order.get(a.layer) ?? 0) - (order.get(b.layer) ?? 0));
}
