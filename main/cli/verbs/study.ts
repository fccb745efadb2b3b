import { join, relative, resolve } from 'node:path';
import { studyResultSchema, type StudyProgress, type StudyResult } from '../../contract/study.ts';
import { inputError } from '../../contract/errors.ts';
import { formatDuration, formatNumber, formatPercent } from '../../words/format.ts';
import { parameterWords, studyTime } from '../../words/study.ts';
import { CancelledError, Control } from '../../engine/base/control.ts';
import { ExitCode, type CliContext } from '../context.ts';
import { withCommonOptions, type CommonOptions } from '../options.ts';
import { ProblemsError } from '../problems-error.ts';
import { readSettings, readStudySpec } from '../study-spec.ts';
import { plainTable } from '../tables.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly set: readonly string[];
  readonly out?: string;
  readonly list: boolean;
  readonly resume: boolean;
}

export const study: Verb = (program, context, finish) => {
  const command = program
    .command('study [study]')
    .description('repeat what a paper claims: a study by its name, or a file that describes one')
    .option(
      '--set <key=value>',
      'a parameter of the study; may be given several times, lists with commas',
      (text: string, sofar: readonly string[]) => [...sofar, text],
      [],
    )
    .option('--out <folder>', "the study's folder; studies/NAME if left out")
    .option('--list', 'list the studies, or the parameters of one', false)
    .option('--resume', 'go on with the study in the folder where it stopped', false);
  withCommonOptions(command).action(async (named: string | undefined, options: Options) => {
    // With native parts: loaded only when a study is meant.
    const { studies } = await import('../../engine/study/index.ts');
    const { runStudy } = await import('../../engine/study/frame/session.ts');
    const { readStudyCheckpoint } = await import('../../engine/study/frame/checkpoint.ts');
    const { StudyParametersError } = await import('../../engine/study/frame/study.ts');
    if (options.list) {
      const facts = (named === undefined ? studies.items : [studies.get(named, 'study')]).map(
        (item) => item.facts,
      );
      const [first] = facts;
      const table =
        named === undefined || first === undefined ? listTable(facts) : parameterTable(first.schema);
      context.stdout.write(`${options.json ? JSON.stringify(facts, null, 2) : table}\n`);
      return;
    }
    const asked = named === undefined ? undefined : await readStudySpec(named, context.cwd);
    const shown = options.out ?? (asked === undefined ? undefined : join('studies', asked.spec.study));
    if (shown === undefined) {
      throw inputError('study/none', 'No study is named.', {
        remedy:
          'Name one (espalier study --list shows them), or a folder to go on with (--resume --out FOLDER).',
      });
    }
    const folder = resolve(context.cwd, shown);
    const kept = options.resume ? await readStudyCheckpoint(folder, shown) : undefined;
    if (options.resume && kept === undefined) {
      throw inputError('study/no-checkpoint', 'There is no study to go on with in this folder.', {
        file: shown,
        remedy: 'Name its folder with --out, or begin it without --resume.',
      });
    }
    const same = asked === undefined || asked.spec.study === kept?.study;
    const going = kept !== undefined && same ? kept : undefined;
    const name = asked?.spec.study ?? kept?.study ?? '';
    const settings = readSettings(options.set, studies.get(name, 'study').facts.schema);
    const control = new Control();
    const ignore = context.onInterrupt(() => control.cancel());
    const view = progressLine(context, options.quiet);
    try {
      const result = await runStudy(
        {
          study: name,
          parameters: { ...going?.parameters, ...asked?.spec.parameters, ...settings },
          seed: options.seed ?? going?.seed ?? asked?.spec.seed ?? 1,
          baseFolder: going?.baseFolder ?? asked?.baseFolder ?? context.cwd,
          folder,
          shown,
          resume: options.resume,
        },
        control,
        { progress: view.show, result: () => undefined },
      );
      view.close();
      context.stdout.write(`${options.json ? JSON.stringify(result, null, 2) : describe(result, shown)}\n`);
    } catch (error) {
      view.close();
      if (error instanceof StudyParametersError) throw new ProblemsError(error.problems);
      if (!(error instanceof CancelledError)) throw error;
      const place = relative(context.cwd, folder) || '.';
      if (!options.quiet)
        context.stderr.write(`Cancelled. Go on with: espalier study --resume --out ${place}\n`);
      finish(ExitCode.cancelled);
    } finally {
      ignore();
    }
  });
};

/** A line that is written over on a terminal, and a line a step in a log file. */
function progressLine({ stderr }: CliContext, quiet: boolean) {
  const live = stderr.isTTY === true;
  let last = -1;
  return {
    show: ({ label, done, steps, fraction, etaSeconds }: StudyProgress) => {
      if (quiet || (!live && done === last)) return;
      last = done;
      const left = etaSeconds === null ? '' : `, ${formatDuration(etaSeconds)} left`;
      const text = `${formatPercent(fraction, 0)} (${done} of ${steps} steps${left}) ${label}`;
      stderr.write(live ? `\r\u001b[2K${text}` : `${text}\n`);
    },
    close: () => {
      if (live && !quiet) stderr.write('\r\u001b[2K');
    },
  };
}

function listTable(facts: readonly { id: string; summary: string; minutes: number }[]): string {
  return facts
    .map(({ id, summary, minutes }) => `${id}  (about ${studyTime(minutes)})\n    ${summary}`)
    .join('\n');
}

const parameterTable = (schema: Readonly<Record<string, unknown>>): string =>
  parameterWords(schema)
    .map(({ name, help, fallback }) => `${name}=${fallback}\n    ${help}`)
    .join('\n');

function describe(result: StudyResult, shown: string): string {
  const { title, claim, measured, differs, tables, paper } = studyResultSchema.parse(result);
  const text = (cell: string | number | null) =>
    cell === null ? '' : typeof cell === 'number' ? formatNumber(cell) : cell;
  return [
    title,
    `Claimed (${paper.authors} ${paper.year}): ${claim}`,
    '',
    ...tables.flatMap((table) => [
      table.title,
      plainTable(
        table.columns,
        table.rows.map((row) => row.map(text)),
        table.columns.slice(1),
      ),
      '',
    ]),
    ...measured.map((sentence) => `Measured: ${sentence}`),
    ...differs.map((sentence) => `Differs: ${sentence}`),
    `Files: report.html, results.csv and study.json in ${shown}`,
  ].join('\n');
}
