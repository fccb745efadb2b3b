import type { NetworkSummary } from '../../contract/catalog.ts';
import { EspalierError, type Problem } from '../../contract/errors.ts';
import type { Network } from '../network/graph.ts';
import { criteria } from './criteria/index.ts';
import { edgeOfChaos } from './edge-of-chaos.ts';
import { paradigms } from './paradigms/index.ts';

/**
 * Methods that cannot prune a network, told from its layers alone, before anything is computed.
 * @param network as a run uses it: of a file, fitted to its data
 */
export function unsuitedMethods(network: Network): NonNullable<NetworkSummary['unsuited']> {
  const refusing = criteria.items.flatMap((criterion): [string, Problem][] => {
    const error = criterion.unfit?.(network);
    return error === undefined ? [] : [[criterion.id, error.problem]];
  });
  const chaos = withoutEdge(network);
  const drawing = paradigms.items.flatMap(({ id, point }): [string, Problem][] =>
    chaos !== undefined && point.edgeOfChaos === true ? [[id, chaos]] : [],
  );
  return {
    criteria: Object.fromEntries(refusing),
    paradigms: Object.fromEntries(drawing),
  };
}

/** Why the network's edge of chaos is not known. */
function withoutEdge(network: Network): Problem | undefined {
  try {
    edgeOfChaos(network);
    return undefined;
  } catch (error) {
    if (error instanceof EspalierError) return error.problem;
    throw error;
  }
}
