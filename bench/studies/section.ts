import { formatDuration, formatNumber } from '../../main/words/format.ts';
import { studies as registry } from '../../main/engine/study/index.ts';
import { markdownTable } from '../quality/words.ts';
import type { MeasuredStudy } from './measured.ts';

/** Studies as a section of docs/results.md: every sentence and number is from a study.json. */
export function studiesSection(ids: readonly string[], studies: readonly MeasuredStudy[]): string[] {
  const open = ids.filter((id) => !studies.some((study) => study.id === id));
  return [
    '## Studies',
    'Written from `bench/studies/measured`, which `npm run bench:studies` adds to: what papers claim, and what `espalier study` measured of it with the parameters of `bench/studies/*.yaml`. Intervals are of 95 % (Student t) over draws or splits.',
    ...(open.length === 0 ? [] : [`Nothing has been measured yet of: ${open.join(', ')}.`]),
    ...studies.flatMap(studyText),
  ];
}

function studyText(study: MeasuredStudy): string[] {
  const { id, title, seed, paper, claim, measured, differs, tables, seconds, machine, createdAt } = study;
  const { processorSeconds } = study;
  const processor =
    processorSeconds === null ? '' : ` and ${formatDuration(processorSeconds)} of processor time`;
  const unfinished = study.done < study.steps ? ` Only ${study.done} of ${study.steps} steps are done.` : '';
  const older = study.revision < registry.get(study.study, 'study').revision;
  return [
    `### ${title}: \`${id}\``,
    `Seed ${seed}; ${formatDuration(seconds)}${processor} on ${machine}, shared with other work; ${createdAt.slice(0, 10)}. All parameters: [\`bench/studies/${id}.yaml\`](../bench/studies/${id}.yaml).${unfinished}`,
    ...(older
      ? [
          `**Old:** measured before the study was changed; \`npm run bench:studies -- --only ${id} --again\` measures it as it is now.`,
        ]
      : []),
    `**Claimed** by ${paper.authors} (${paper.year}), [${paper.title}](${paper.url}): ${claim}`,
    ['**Measured:**', '', ...measured.map((line) => `- ${line}`)].join('\n'),
    ...(differs.length === 0
      ? []
      : [
          ['**Where it differs, or what is not shown:**', '', ...differs.map((line) => `- ${line}`)].join(
            '\n',
          ),
        ]),
    ...tables.flatMap(({ title: head, note, columns, rows }) => [
      `**${head}.** ${note}`.trim(),
      markdownTable(
        columns,
        rows.map((row) =>
          row.map((cell) => (cell === null ? '–' : typeof cell === 'number' ? formatNumber(cell) : cell)),
        ),
      ),
    ]),
  ];
}
