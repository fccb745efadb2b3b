import type { Network } from './graph.ts';

/** A name like the wanted one that no parameter has. */
export function freshParam({ params }: Pick<Network, 'params'>, wanted: string): string {
  let name = wanted;
  while (params[name] !== undefined) name += '_';
  return name;
}
