import type { Grid } from '../../main/contract/sweep.ts';
import { summarize, type RunResult } from '../../main/engine/sweep/results.ts';
import { accuracyRows, exactPercent, formatEstimate } from '../../main/engine/sweep/table.ts';
import { sections, type Check, type Section } from './checks.ts';
import { judge, type Measured, type Verdict } from './judge.ts';
import type { Measurement } from './measured.ts';

const UNEXPECTED: ReadonlySet<Verdict> = new Set(['not met', 'not told from noise', 'behind, one seed']);

/** A grid with what has come of it. */
export interface GridRuns {
  /** The grid file's name without its ending. */
  readonly id: string;
  readonly grid: Grid;
  readonly runs: readonly RunResult[];
  /** The finished ones. */
  readonly measured: readonly Measurement[];
  /** Its chart in the docs folder; none when nothing has been measured. */
  readonly chart?: string;
}

/** The document: every number in it is from a report.json. */
export function resultsPage(grids: readonly GridRuns[], machine: string): string {
  const measured: Measured = new Map(grids.map(({ id, runs }) => [id, runs]));
  return [
    '# Results',
    'Written by `npm run bench:quality`, which does the runs of `bench/quality/*.yaml` that are not done yet and can be stopped at any time. Every number comes from the `report.json` of a run; what each run came to is in `bench/quality/measured`. It says what is missing.',
    facts(grids, machine),
    'Accuracies are of the test part, in percent: mean ± half of the 95 % interval (Student t) over (n) seeds. Differences are in percentage points, paired by seed: the same initial weights, the same order of the data. The last weights are measured, not the best on the way. "Not told from noise": the interval reaches over zero.',
    ...sections.flatMap((section) => sectionText(section, grids, measured)),
    '## Missing',
    missing(grids),
    '',
  ].join('\n\n');
}

function facts(grids: readonly GridRuns[], machine: string): string {
  const measured = grids.flatMap((grid) => grid.measured);
  const days = [...new Set(measured.map((run) => run.createdAt.slice(0, 10)))].sort();
  const devices = [...new Set(measured.map((run) => run.device))];
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
    `- **Machine:** ${machine}; ${devices.join('; ')}, shared with other work`,
    `- **Versions:** ${versions.join('; ')}`,
  ].join('\n');
}

function sectionText(section: Section, grids: readonly GridRuns[], measured: Measured): string[] {
  const shown = section.grids.flatMap((id) => grids.filter((grid) => grid.id === id));
  return [
    `## ${section.title}`,
    section.text,
    ...shown.flatMap(gridText),
    ...section.checks.flatMap(({ title, list }) => [
      `### ${title}`,
      checkTable(list, measured),
      ...remarks(list, measured),
    ]),
  ];
}

function gridText({ id, grid, runs, chart }: GridRuns): string[] {
  const results = summarize(grid.name ?? id, runs);
  const { budgets, rows } = accuracyRows(results);
  const finished = runs.filter((run) => run.state === 'finished').length;
  const intro = `${finished} of ${runs.length} runs, seeds ${grid.seeds.join(', ')}; ${trainingWords(grid)}. Settings of each series: [\`bench/quality/${id}.yaml\`](../bench/quality/${id}.yaml).`;
  if (rows.length === 0) return [`### ${results.name}`, intro, 'Nothing has been measured yet.'];
  return [
    `### ${results.name}`,
    intro,
    markdown(
      ['', ...budgets.map(exactPercent)],
      rows.map(({ series, texts }) => [series, ...texts]),
    ),
    ...(results.dense === null ? [] : [`Dense network: ${formatEstimate(results.dense)}.`]),
    ...(chart === undefined ? [] : [`![Test accuracy against sparsity](${chart})`]),
  ];
}

/** How the grid's dense network and its sparse trainings go. */
function trainingWords({ base }: Grid): string {
  const dense = base['dense'];
  if (typeof dense !== 'object' || dense === null) return 'settings in the file';
  const { epochs, batchSize, lr, schedule } = dense as Record<string, unknown>;
  return `trainings of ${String(epochs)} epochs, batches of ${String(batchSize)}, rate ${String(lr)}, ${String(schedule)}`;
}

function checkTable(checks: readonly Check[], measured: Measured): string {
  const rows = checks.map((check) => {
    const { ours, asked, verdict } = judge(check, measured);
    return [
      check.what,
      ours,
      asked,
      check.published ?? '',
      UNEXPECTED.has(verdict) ? `**${verdict}**` : verdict,
    ];
  });
  return markdown(['', 'Ours', 'Expected', 'Published', 'Verdict'], rows);
}

function remarks(checks: readonly Check[], measured: Measured): string[] {
  const lines = checks.flatMap((check) => {
    const { verdict } = judge(check, measured);
    if (!UNEXPECTED.has(verdict)) return [];
    return [`- ${check.what}: ${verdict}.${check.otherwise === undefined ? '' : ` ${check.otherwise}`}`];
  });
  return lines.length === 0 ? [] : ['What does not come out as expected:', lines.join('\n')];
}

function missing(grids: readonly GridRuns[]): string {
  const lines = grids.flatMap(({ id, runs }) => {
    const open = runs.filter((run) => run.state !== 'finished');
    if (open.length === 0) return [];
    const failed = [
      ...new Set(open.flatMap((run) => (run.problem === null ? [] : [`${run.series}: ${run.problem}`]))),
    ];
    const seeds = [...Map.groupBy(open, (run) => run.seed)].map(
      ([seed, list]) =>
        `seed ${seed}: ${[...Map.groupBy(list, (run) => run.budget)].map(([budget, those]) => `${those.length} at ${exactPercent(budget)}`).join(', ')}`,
    );
    return [
      `- ${id}: ${open.length} of ${runs.length} runs (${seeds.join('; ')})${failed.length === 0 ? '' : `. Failed: ${failed.join('; ')}`}`,
    ];
  });
  return lines.length === 0 ? 'Nothing.' : lines.join('\n');
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
