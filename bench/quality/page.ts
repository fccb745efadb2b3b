import type { Grid } from '../../main/contract/sweep.ts';
import { resultOf } from '../../main/engine/sweep/results.ts';
import { goingOf } from '../../main/words/sweep.ts';
import type { MeasuredSearch } from '../search/measured.ts';
import { searchSection } from '../search/section.ts';
import { studyIds, type MeasuredStudy } from '../studies/measured.ts';
import { studiesSection } from '../studies/section.ts';
import type { Check, Section } from './checks/check.ts';
import { sections } from './checks/index.ts';
import { costsTable } from './costs.ts';
import { LEGEND, marksOf } from './collapse.ts';
import { goesByInterval, judge, type Measured, type Verdict } from './judge.ts';
import type { Measurement } from './measured.ts';
import type { Candidates, Row } from './rows.ts';
import { densePerEpochs, gridTable } from './table.ts';
import { estimateWords, markdownTable } from './words.ts';

const UNEXPECTED: ReadonlySet<Verdict> = new Set(['missed', 'not told apart', 'unequal epochs']);

/** A grid with what has come of it. */
export interface GridRuns {
  /** The grid file's name without its ending. */
  readonly id: string;
  readonly grid: Grid;
  readonly rows: readonly Row[];
  /** Those that are not done in their present form. */
  readonly open: readonly Candidates[];
  /** The finished ones, of either form. */
  readonly measured: readonly Measurement[];
  /** Test accuracy against sparsity as SVG; none where there are no curves. */
  readonly chart: string | null;
}

/** The document: every number in it is from a report.json or a study.json. */
export function resultsPage(
  grids: readonly GridRuns[],
  searches: readonly MeasuredSearch[],
  studies: readonly MeasuredStudy[],
): string {
  const measured: Measured = new Map(grids.map(({ id, rows }) => [id, rows]));
  return [
    '# Results',
    'Written by `npm run bench:quality`, which does the runs of `bench/quality/*.yaml` that are not done yet and can be stopped at any time. Every number comes from the `report.json` of a run, or the `study.json` of a study; what each run came to is in `bench/quality/measured`. It says what is missing.',
    facts(grids),
    'Accuracies are of the test part, in percent: mean ± half of the 95 % interval (Student t) over (n) seeds. Differences are in percentage points, paired by seed: the same initial weights, the same order of the data. The last weights are measured, not the best on the way, unless a row says otherwise.',
    'A verdict goes by the whole interval, both ways: **met** where all of it carries the claim, **missed** where all of it speaks against it, **not told apart** where it reaches over the bound. A claim of a gap asks that the interval clears the gap. One seed has no interval and gets no verdict.',
    countWords(measured),
    "**Epochs** are those of all trainings that a result needs: the dense network's where the method starts from it, all rounds of a lottery ticket. **Time** is the mean over a row's runs of the stages that the result needs, on a machine shared with other work; ≤ where only the time of all stages was noted, the dense network that stands beside among them. **Dense, as long** is the dense network after as many epochs. Methods with different epochs are compared only beside it; else the verdict is **unequal epochs**, which is none.",
    LEGEND,
    ...sections.flatMap((section) => sectionText(section, grids, measured)),
    ...searchSection(searches),
    ...studiesSection(studyIds(), studies),
    '## Missing',
    missing(grids),
    '',
  ].join('\n\n');
}

function facts(grids: readonly GridRuns[]): string {
  const measured = grids.flatMap((grid) => grid.measured);
  const days = [...new Set(measured.map((run) => run.createdAt.slice(0, 10)))].sort();
  const machines = [...new Set(measured.map((run) => `${run.machine}; ${run.device}`))].sort();
  const versions = [
    ...new Set(
      measured.map(({ versions: v }) =>
        Object.entries(v)
          .map((e) => e.join(' '))
          .join(', '),
      ),
    ),
  ];
  const hours = measured.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0) / 3600;
  const when = days.length > 1 ? `${days[0]} to ${days.at(-1)}` : (days[0] ?? 'no runs yet');
  return [
    `- **Runs:** ${measured.length} finished, ${hours.toFixed(1)} hours in all their stages (dense trainings that runs share are counted in each)`,
    `- **When:** ${when}`,
    `- **Machines:** ${machines.join(', or ')}, shared with other work`,
    `- **Versions:** ${versions.join('; ')}`,
    ...oldRows(grids),
  ].join('\n');
}

/** Which rows were measured before their method changed: counted, by what each measurement says of its revision. */
function oldRows(grids: readonly GridRuns[]): string[] {
  const old = grids.flatMap(({ rows }) => rows.filter((row) => row.old !== null));
  if (old.length === 0) return [];
  const kinds = [...Map.groupBy(old, (row) => `\`${row.paradigm}\` (${row.old})`)].map(
    ([words, list]) => `${words}: ${list.length}`,
  );
  return [
    `- **Old rows:** ${old.length} runs shown are of a former form of their method, marked *old*: ${kinds.join('; ')}`,
  ];
}

function countWords(measured: Measured): string {
  const verdicts = sections
    .flatMap((section) => section.checks.flatMap(({ list }) => list))
    .filter(goesByInterval)
    .map((check) => judge(check, measured).verdict);
  const of = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
  const tests = of('met') + of('missed') + of('not told apart');
  return `**Many tests:** ${tests} verdicts below go by an interval (${of('met')} met, ${of('missed')} missed, ${of('not told apart')} not told apart), and no correction for their number is made: of ${tests} intervals of 95 %, ${(tests * 0.05).toFixed(1)} can be expected to miss their mean. An interval of three seeds also takes on trust that results spread normally.`;
}

function sectionText(section: Section, grids: readonly GridRuns[], measured: Measured): string[] {
  const shown = section.grids.flatMap((id) => grids.filter((grid) => grid.id === id));
  return [
    `## ${section.title}`,
    section.text,
    ...shown.flatMap((grid) => gridText(grid, section.reasons ?? {})),
    ...section.checks.flatMap(({ title, list }) => [
      `### ${title}`,
      checkTable(list, measured),
      ...remarks(list, measured),
    ]),
  ];
}

function gridText({ id, grid, rows, open, chart }: GridRuns, reasons: Readonly<Record<string, string>>) {
  const title = `### ${grid.name ?? id}`;
  const intro = `${rows.length - open.length} of ${rows.length} runs; ${trainingWords(grid)}. Settings of each series: [\`bench/quality/${id}.yaml\`](../bench/quality/${id}.yaml).`;
  if (rows.every((row) => row.state !== 'finished')) return [title, intro, 'Nothing has been measured yet.'];
  const dense = [...densePerEpochs(rows)].map(
    ([epochs, found]) => `${estimateWords(found)} after ${epochs} epochs`,
  );
  const lines = marksOf(rows).lines(reasons);
  const costs = rows.some(({ measure }) => measure === 'layers') ? costsTable(rows) : null;
  return [
    title,
    intro,
    gridTable(rows),
    ...(dense.length === 0 ? [] : [`Dense network: ${dense.join(', ')}.`]),
    ...(costs === null ? [] : [costs]),
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    ...(chart === null ? [] : [`![Test accuracy against sparsity](results/${id}.svg)`]),
  ];
}

/** How the grid's trainings go. */
function trainingWords({ base }: Grid): string {
  const training = base['dense'] ?? base['finetune'];
  if (typeof training !== 'object' || training === null) return 'settings in the file';
  const { epochs, batchSize, lr, schedule } = training as Record<string, unknown>;
  return `trainings of ${String(epochs)} epochs, batches of ${String(batchSize)}, rate ${String(lr)}, ${String(schedule)}`;
}

function checkTable(checks: readonly Check[], measured: Measured): string {
  const rows = checks.map((check) => {
    const { ours, asked, verdict, old } = judge(check, measured);
    const words = UNEXPECTED.has(verdict) ? `**${verdict}**` : verdict;
    return [check.what, ours, asked, check.published ?? '', old ? `${words} (old rows)` : words];
  });
  return markdownTable(['', 'Ours', 'Expected', 'Published', 'Verdict'], rows);
}

function remarks(checks: readonly Check[], measured: Measured): string[] {
  const found = checks.flatMap((check) => {
    const { verdict } = judge(check, measured);
    if (!UNEXPECTED.has(verdict)) return [];
    const { what, otherwise = '' } = check;
    return [{ words: `${what} (${verdict})`, reason: verdict === 'unequal epochs' ? '' : otherwise }];
  });
  // What is said of several is said once.
  const lines = [...Map.groupBy(found, ({ reason }) => reason)].map(
    ([reason, list]) => `- ${list.map(({ words }) => words).join('; ')}.${reason === '' ? '' : ` ${reason}`}`,
  );
  return lines.length === 0 ? [] : ['What does not come out as expected:', lines.join('\n')];
}

function missing(grids: readonly GridRuns[]): string {
  const lines = grids.flatMap(({ id, rows, open }) => {
    if (open.length === 0) return [];
    const failed = [
      ...new Set(
        open.flatMap(({ run, failed }) => (failed === undefined ? [] : [`${run.series}: ${failed.problem}`])),
      ),
    ];
    const series = [...Map.groupBy(open, ({ run }) => run.series)].map(([name, list]) => {
      const budgets = [...new Set(list.map(({ run }) => goingOf(resultOf(run, undefined))))];
      return `${name} (${list.length}: ${budgets.join(', ')})`;
    });
    return [
      `- ${id}: ${open.length} of ${rows.length} runs: ${series.join('; ')}${failed.length === 0 ? '' : `. Failed: ${failed.join('; ')}`}`,
    ];
  });
  return lines.length === 0 ? 'Nothing.' : lines.join('\n');
}
