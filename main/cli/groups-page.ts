import type { NetworkGroups } from '../contract/groups.ts';
import { formatCount } from '../words/format.ts';
import { someLayers, unitsOfGroup } from '../words/groups.ts';
import { plainTable } from './tables.ts';

/** Which channels of a network leave together, what one takes with it, and what stays for which reason. */
export function describeGroups({ name, parameters, macs, groups, held }: NetworkGroups): string {
  const rows = groups.map((group) => [
    group.name,
    unitsOfGroup(group.unit, group.width),
    someLayers(group.makers),
    someLayers(group.readers),
    formatCount(group.parameters),
    formatCount(group.macs),
  ]);
  const numbers = ['Parameters of one', 'MACs of one'];
  const total = groups.reduce((sum, { width }) => sum + width, 0);
  return [
    `${name}: ${formatCount(total)} channels in ${groups.length} groups may leave; ${formatCount(parameters)} parameters, ${formatCount(macs)} MACs a sample`,
    ...(groups.length === 0
      ? []
      : [
          plainTable(['Group', 'Width', 'Made by', 'Read by', ...numbers], rows, numbers),
          'What makes, reads and goes along with a channel leaves with it; one of every group stays.',
        ]),
    'What stays, and why:',
    ...held.map(
      (group) =>
        `  ${group.name} (${unitsOfGroup(group.unit, group.width)}): ${group.reasons.map(({ text }) => text).join(' ')}`,
    ),
  ].join('\n');
}
