import { resolve } from 'node:path';
import { inputError } from '../../contract/errors.ts';
import { countedBy } from '../../engine/compress/structures/meant.ts';
import { catalog } from '../../engine/recipe/catalog.ts';
import { againstWords, comparePage } from '../../engine/report/compare-page.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { onOtherData, OTHER_DATA, ownDifferences, runRows, type RunRow } from '../../words/compare-runs.ts';
import { lastPart } from '../../words/last-part.ts';
import { shareInterval } from '../../words/noise.ts';
import type { AccuracyAgainst, FinishedRun } from '../compared-runs.ts';
import { withCommonOptions, type CommonOptions } from '../options.ts';
import { plainTable } from '../tables.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly html?: string;
}

interface Placed extends FinishedRun {
  readonly name: string;
  /** Its accuracy against the first run's; null for the first itself and on other data. */
  readonly against: AccuracyAgainst | null;
}

export const compare: Verb = (program, context) => {
  const command = program
    .command('compare <runs...>')
    .description(
      'lay finished runs beside each other: what each gave up, what it gained, and in what they differ',
    )
    .option('--html <file>', 'also write a page that needs nothing else');
  withCommonOptions(command).action(async (folders: string[], options: Options) => {
    if (folders.length < 2) {
      throw inputError('compare/one-run', 'One run alone is compared with nothing.', {
        remedy: 'Name the folders of two runs or more.',
      });
    }
    const { accuracyAgainst, readFinishedRun } = await import('../compared-runs.ts');
    const found = await Promise.all(folders.map((folder) => readFinishedRun(folder, context.cwd)));
    const [first] = found;
    const runs = found.map((run): Placed => ({
      ...run,
      name: nameOf(run, found),
      against: first === undefined || run === first ? null : accuracyAgainst(run, first),
    }));
    const rows = runRows(runs, recipeWords());
    if (options.html !== undefined) {
      const shown = runs.map(({ name, report, against }) => ({
        name,
        verdict: report.verdict,
        against: against?.change ?? null,
        paired: against?.paired ?? false,
      }));
      await writeFileAtomic(resolve(context.cwd, options.html), comparePage(shown, rows, onOtherData(runs)));
    }
    const text = options.json ? JSON.stringify(facts(runs), null, 2) : describe(runs, rows, options.html);
    context.stdout.write(`${text}\n`);
  });
};

/** The run's name; with its folder where another one is called the same. */
function nameOf({ report, folder }: FinishedRun, all: readonly FinishedRun[]): string {
  const same = all.filter((other) => other.report.name === report.name);
  return same.length === 1 ? report.name : `${report.name} (${folder})`;
}

/** The registries' words. */
function recipeWords() {
  const { networks, paradigms } = catalog();
  const labelIn = (list: readonly { id: string; label: string }[], id: string) =>
    list.find((entry) => entry.id === id)?.label;
  return {
    network: ({ network }: FinishedRun['recipe']) => labelIn(networks, network) ?? lastPart(network),
    paradigm: ({ paradigm }: FinishedRun['recipe']) => labelIn(paradigms, paradigm) ?? paradigm,
    counted: countedBy,
  };
}

/** The same for programs. Accuracies and differences are fractions, sizes bytes, times milliseconds. */
function facts(runs: readonly Placed[]) {
  return {
    sameData: !onOtherData(runs),
    runs: runs.map(({ name, folder, report, against }) => ({
      name,
      folder,
      verdict: report.verdict,
      fingerprint: report.data.fingerprint,
      accuracy: {
        value: report.compressed.accuracy,
        ...shareInterval(report.compressed.accuracy, report.data.test),
        samples: report.data.test,
      },
      againstFirst: against === null ? null : { ...against.change, paired: against.paired },
      compressed: report.compressed,
      dense: report.original ?? report.dense,
      sizes: report.sizes,
    })),
    recipeDifferences: ownDifferences(runs.map(({ recipe }) => recipe)),
  };
}

function describe(runs: readonly Placed[], rows: readonly RunRow[], page: string | undefined): string {
  const table = plainTable(
    ['', ...runs.map(({ name }) => name)],
    rows.map(({ label, cells }) => [label, ...cells]),
    [],
  );
  return [
    table,
    '',
    ...(onOtherData(runs) ? [OTHER_DATA, ''] : []),
    ...runs.map(({ name, report }) => `${name}: ${report.verdict}`),
    ...runs.flatMap(({ name, against }) =>
      against === null
        ? []
        : [`${name} against ${runs[0]?.name ?? ''}: ${againstWords(against.change, against.paired)}`],
    ),
    ...(page === undefined ? [] : ['', `Page: ${page}`]),
  ].join('\n');
}
