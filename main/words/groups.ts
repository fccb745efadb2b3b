import type { GroupUnit } from '../contract/groups.ts';
import { formatCount } from './format.ts';

/** Groups of channels in words. */

/** '16 channels', '1 head', '4 indices of heads'. */
export function unitsOfGroup(unit: GroupUnit, count: number): string {
  const many = unit === 'head index' ? 'indices of heads' : `${unit}s`;
  return `${formatCount(count)} ${count === 1 ? unit : many}`;
}

/** 'conv1 and 3 more'. */
export function someLayers([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
