import type { DataRead } from '../contract/data-read.ts';

const formatCount = (value: number) => value.toLocaleString('en-US');

/** What was read, as rows of a name and words, for every surface that shows text in two columns. Problems are apart. */
export function readRows({ files, leftOut, facts, columns }: DataRead): [string, string][] {
  const kinds = files.map(({ kind, count }) => `${formatCount(count)} ${kind}`);
  return [
    ...(kinds.length === 0 ? [] : [['Read', kinds.join(', ')] satisfies [string, string]]),
    ...leftOut.map(({ why, count, examples }): [string, string] => [
      'Left out',
      `${formatCount(count)} ${why} (${examples.join(', ')}${count > examples.length ? ', ...' : ''})`,
    ]),
    ...facts.map(({ name, value }): [string, string] => [name, value]),
    ...columns.map((column): [string, string] => [`Column ${column.name}`, columnWords(column)]),
  ];
}

function columnWords({ use, features, values, missing, note }: DataRead['columns'][number]): string {
  const what =
    use === 'number'
      ? 'numbers'
      : use === 'label'
        ? `the label, ${formatCount(values)} classes`
        : `${formatCount(values)} categories, ${formatCount(features)} features`;
  return [
    what,
    ...(missing > 0 ? [`${formatCount(missing)} missing`] : []),
    ...(note === '' ? [] : [note]),
  ].join('; ');
}

/** What was read, as lines for a terminal. */
export function readLines(read: DataRead): string[] {
  return [
    'What was read:',
    ...readRows(read).map(([name, words]) => `  ${name}: ${words}`),
    ...read.problems.map(({ text, remedy }) => `  Problem: ${text} ${remedy}`),
  ];
}
