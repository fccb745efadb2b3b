import type { Side } from '../../../contract/groups.ts';
import type { Network, ParamRole } from '../graph.ts';
import type { Axis } from './coupler.ts';
import type { Pin, CouplingRecord } from './record.ts';

/** What of one parameter belongs to a component: some indices of one of its axes. */
export interface Member {
  readonly param: string;
  readonly role: ParamRole;
  readonly axis: number;
  /** In ascending order. */
  readonly indices: readonly number[];
  /** What these slices have to do with the channel. */
  readonly side: Side;
  /** The layer whose parameter it is; of several that share it, the first. */
  readonly node: string;
}

/** Slots that can only leave together: one channel, with all that makes it, reads it or goes along with it. */
export interface Component {
  /** In the order of the network's layers. */
  readonly members: readonly Member[];
  /** One of its slots, by which its coupling knows it. */
  readonly slot: number;
}

/** A component with all axes that it has slots of, and why it stays, if it does. */
export interface Found extends Component {
  readonly axes: readonly Axis[];
  readonly pins: readonly Pin[];
}

/** All components with slots of parameters that are tied to a value. */
export function componentsOf(network: Network, record: CouplingRecord): Found[] {
  const order = new Map(network.nodes.map((node, i) => [node, i]));
  const places = paramPlaces(network);
  const found = new Map<number, { members: (Member & { indices: number[] })[]; axes: Axis[]; pins: Pin[] }>();
  const sided = [...record.sides].sort(
    ([a, x], [b, y]) =>
      (order.get(x.node) ?? 0) - (order.get(y.node) ?? 0) ||
      (places.get(a.name) ?? 0) - (places.get(b.name) ?? 0) ||
      a.axis - b.axis,
  );
  for (const [axis, { side, node }] of sided) {
    const role = network.params[axis.name]?.role;
    if (role === undefined) continue;
    for (let i = 0; i < axis.size; i++) {
      const root = record.slots.find(axis.first + i);
      const component = found.get(root) ?? { members: [], axes: [], pins: [] };
      found.set(root, component);
      const last = component.members.at(-1);
      if (last?.param === axis.name && last.axis === axis.axis) last.indices.push(i);
      else {
        component.members.push({
          param: axis.name,
          role,
          axis: axis.axis,
          indices: [i],
          side,
          node: node.name,
        });
      }
    }
  }
  for (const axis of record.axes) {
    for (let i = 0; i < axis.size; i++) {
      const component = found.get(record.slots.find(axis.first + i));
      if (component !== undefined && component.axes.at(-1) !== axis) component.axes.push(axis);
    }
  }
  for (const pin of record.pins) {
    for (let i = 0; i < pin.axis.size; i++) {
      const component = found.get(record.slots.find(pin.axis.first + i));
      if (component !== undefined && component.pins.at(-1) !== pin) component.pins.push(pin);
    }
  }
  return [...found].map(([slot, component]) => ({ ...component, slot }));
}

/** Parameter name -> its place in the order of the network's layers. */
function paramPlaces(network: Network): Map<string, number> {
  const names = network.nodes.flatMap((node) => Object.values(node.params));
  return new Map([...new Set(names)].map((name, i) => [name, i]));
}
