import { join, relative } from 'node:path';
import type { Report } from '../contract/report.ts';
import { removalWords } from '../words/removals.ts';
import { promiseRows } from '../words/promises.ts';
import { speedUpWords } from '../words/speed-up.ts';
import { courseWords } from '../words/course.ts';
import { renderSizes, renderTable } from '../engine/report/table.ts';
import type { CliContext } from './context.ts';
import { ExitCode } from './context.ts';
import type { CommonOptions } from './options.ts';
import { problemsJson } from './problems-error.ts';
import { progressView } from './progress.ts';
import type { RunFile } from '../jobs/run-folder.ts';
import { runEngine } from './run.ts';

/** Runs what a run's folder describes, from the beginning or from its checkpoint, and prints the result. */
export async function execute(
  context: CliContext,
  { folder, run, resume }: { folder: string; run: Omit<RunFile, 'version'>; resume: boolean },
  options: CommonOptions,
): Promise<ExitCode> {
  const shown = relative(context.cwd, folder) || '.';
  const view = progressView(context.stderr, options.quiet);
  const outcome = await runEngine(context, { type: 'start', ...run, folder, resume }, view);
  if (outcome.state === 'cancelled') {
    const remedy = `Go on with: espalier resume ${quoted(shown)}`;
    if (options.json)
      context.stderr.write(
        problemsJson([{ code: 'run/cancelled', message: 'Cancelled.', file: shown, remedy, kind: 'run' }]),
      );
    else if (!options.quiet) context.stderr.write(`Cancelled. ${remedy}\n`);
    return ExitCode.cancelled;
  }
  const text = options.json ? JSON.stringify(outcome.report, null, 2) : describe(outcome.report, shown);
  context.stdout.write(`${text}\n`);
  return ExitCode.done;
}

/** The result for a person: table, verdict, and where everything lies. */
export function describe(report: Report, shown: string): string {
  const { checks } = report;
  const tables = [renderTable(report), renderSizes(report)].filter((table) => table !== '');
  const speedUp = speedUpWords(report);
  const lines = [...tables, '', report.verdict, ''];
  if (speedUp !== null) lines.push(speedUp);
  for (const { label, asked, measured, verdict: kept } of promiseRows(report.promises))
    lines.push(`Promised: ${label}, ${asked}; measured ${measured}: ${kept}.`);
  if (checks.onnxMaxDifference !== null) {
    const difference = checks.onnxMaxDifference.toExponential(1);
    lines.push(
      `Checked: in onnxruntime, model.onnx answers as the trained network does, to ${difference} (${checks.onnxSamples} samples).`,
    );
  }
  for (const removal of report.removals) lines.push(`${removal.label}: ${removalWords(removal)}.`);
  const course = courseWords(report);
  if (course !== undefined) lines.push(`${course}.`);
  if (checks.emptyLayers.length > 0)
    lines.push(`Warning: nothing is left of ${checks.emptyLayers.join(', ')}.`);
  lines.push(`Files:  ${report.files.map((file) => file.path).join(', ')} in ${shown}`);
  lines.push(`Report: ${join(shown, 'report.html')}`);
  return lines.join('\n');
}

/** A folder's name as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./@%+,:=-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
