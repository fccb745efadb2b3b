import { fuse, fusedName } from '../../network/fuse/fuse.ts';
import { pairsOf } from '../../network/fuse/pairs.ts';
import type { Network } from '../../network/graph.ts';

/** A shallower network that fusions lead to. */
export interface Route {
  /** How much of something it has. */
  readonly amount: number;
  /** What is fused: the layers of each fused one, in order. */
  readonly segments: readonly (readonly string[])[];
}

/**
 * For every number of fusions from none to all, the network with the least of something. Each fused layer takes the place of neighbours
 * in a chain, and what it adds or takes is counted by itself; which neighbours go together is found by dynamic programming.
 * @param amountOf what is to be little; the sum of what layers have
 * @param exclude names of parameters whose layers stay as they are
 */
export function routesOf(
  network: Network,
  amountOf: (network: Network) => number,
  exclude: readonly string[],
): Route[] {
  const whole = amountOf(network);
  let routes: Route[] = [{ amount: whole, segments: [] }];
  for (const chain of chainsOf(network, exclude)) {
    const own = alongChain(network, chain, exclude, (shallower) => amountOf(shallower) - whole);
    routes = joined(routes, own);
  }
  return routes;
}

/** The layers of a network in runs of neighbours that may be fused. */
function chainsOf(network: Network, exclude: readonly string[]): string[][] {
  const { pairs } = pairsOf(network, exclude);
  const next = new Map(
    pairs.flatMap(({ first, second, barred }) => (barred === null ? [[first, second]] : [])),
  );
  const seconds = new Set(next.values());
  return [...next.keys()]
    .filter((first) => !seconds.has(first))
    .map((first) => {
      const chain = [first];
      for (let name = next.get(first); name !== undefined; name = next.get(name)) chain.push(name);
      return chain;
    });
}

/** By number of fusions in a chain the least that they add; a number that no fusions come to is left out as a hole. */
function alongChain(
  network: Network,
  chain: readonly string[],
  exclude: readonly string[],
  addedBy: (shallower: Network) => number,
): (Route | undefined)[] {
  /** Of the first so many layers. */
  const best: (Route | undefined)[][] = [[{ amount: 0, segments: [] }]];
  chain.forEach((_, end) => best.push((best[end] ?? []).slice()));
  for (const start of chain.keys()) {
    let shallower = network;
    for (let end = start; end < chain.length; end++) {
      const segment = chain.slice(start, end + 1);
      if (end > start) {
        const longer = fusedFurther(shallower, segment, exclude);
        if (longer === undefined) break;
        shallower = longer;
      }
      const added = end > start ? addedBy(shallower) : 0;
      const target = (best[end + 1] ??= []);
      for (const [count, before] of (best[start] ?? []).entries()) {
        if (before === undefined) continue;
        const route = {
          amount: before.amount + added,
          segments: end > start ? [...before.segments, segment] : before.segments,
        };
        keepLeast(target, count + end - start, route);
      }
    }
  }
  return best[chain.length] ?? [];
}

/** The network with the last layer of a segment fused to those before it; undefined where that is too wide. */
function fusedFurther(
  network: Network,
  segment: readonly string[],
  exclude: readonly string[],
): Network | undefined {
  const [first, second] = [nameOf(segment.slice(0, -1)), segment.at(-1)];
  const pair = pairsOf(network, exclude).pairs.find((one) => one.first === first && one.second === second);
  return pair === undefined || pair.refused !== null ? undefined : fuse(network, pair);
}

/** What layers are called once they are fused from the first one on. */
function nameOf(segment: readonly string[]): string {
  return segment.reduce((first, second) => fusedName({ first, second }));
}

function joined(some: readonly Route[], others: readonly (Route | undefined)[]): Route[] {
  const routes: (Route | undefined)[] = [];
  for (const [count, one] of some.entries()) {
    for (const [more, other] of others.entries()) {
      if (other === undefined) continue;
      keepLeast(routes, count + more, {
        amount: one.amount + other.amount,
        segments: [...one.segments, ...other.segments],
      });
    }
  }
  // Any number up to the most can be had: a segment of several fusions can be ended before its last one.
  return routes.filter((route) => route !== undefined);
}

function keepLeast(routes: (Route | undefined)[], count: number, route: Route): void {
  const held = routes[count];
  if (held === undefined || route.amount < held.amount) routes[count] = route;
}

/** The network with all segments of a route fused. */
export function alongRoute(network: Network, { segments }: Route): Network {
  return segments.reduce(
    (before, segment) =>
      segment.slice(1).reduce((shallower, _, i) => {
        const next = fusedFurther(shallower, segment.slice(0, i + 2), []);
        if (next === undefined) throw new Error(`'${network.name}' has no such route`);
        return next;
      }, before),
    network,
  );
}
