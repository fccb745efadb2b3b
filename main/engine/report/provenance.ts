import { stringify } from 'yaml';
import type { FileReport, Report } from '../../contract/report.ts';
import { removalWords } from '../../words/removals.ts';
import { formatBytes, formatCount, formatDuration, formatNumber } from '../../words/format.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';

/** Constants are shown for up to this many channels or features. */
const MAX_CONSTANTS = 8;

/** Everything that somebody needs to believe the numbers or to make them again. */
export function provenanceSection(report: Report): Markup {
  const { data, network, recipe, timings } = report;
  const sizes = `${formatCount(data.train)} training, ${formatCount(data.validation)} validation, ${formatCount(data.test)} test samples`;
  return html`<section>
    <h2>How it was made</h2>
    <div class="columns">
      ${list('Run', [
        ['Network', `${network.name}, input ${network.inputShape.join(' × ')}`],
        ['Paradigm', recipe.paradigm],
        ['Seed', String(report.seed)],
        ['Device', report.device],
        ['Finished', `${report.createdAt.slice(0, 16).replace('T', ' ')} UTC`],
        ['Time', formatDuration(timings.total)],
        ...timings.stages.map((stage): Row => [`· ${stage.label}`, formatDuration(stage.seconds)]),
      ])}
      ${list('Data', [
        ['Name', data.name],
        ['Samples', sizes],
        ['Classes', formatCount(data.classes.length)],
        ['Mean', constants(data.normalization.mean)],
        ['Deviation', constants(data.normalization.std)],
        ['Fingerprint', data.fingerprint],
      ])}
      ${list('Checks', checks(report))} ${list('Versions', Object.entries(report.versions))}
    </div>
    ${filesTable(report)}
    <h3>Recipe</h3>
    <p class="note">
      Save it as recipe.yaml; <code>espalier compress recipe.yaml --out folder</code> makes this run again.
    </p>
    <pre>${stringify(recipe)}</pre>
  </section>`;
}

type Row = readonly [string, string];

function list(title: string, rows: readonly Row[]): Markup {
  return html`<div>
    <h3>${title}</h3>
    <dl>
      ${rows.map(
        ([term, text]) =>
          html`<dt>${term}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>
  </div>`;
}

function checks({ checks, removals }: Report): Row[] {
  const {
    onnxMaxDifference: difference,
    onnxSamples: samples,
    revivedWeights: revived,
    emptyLayers,
  } = checks;
  return [
    [
      'Export',
      difference === null
        ? 'not compared'
        : `differs by at most ${formatNumber(difference)} from the trained network (${formatCount(samples)} samples in onnxruntime)`,
    ],
    [
      'Mask',
      revived === 0 ? 'every pruned weight stayed zero' : `${formatCount(revived)} pruned weights came back`,
    ],
    ...removals.map((removal): Row => [removal.label, removalWords(removal)]),
    ['Empty layers', emptyLayers.length === 0 ? 'none' : emptyLayers.join(', ')],
  ];
}

function constants(values: readonly number[]): string {
  if (values.length <= MAX_CONSTANTS) return values.map(formatNumber).join(', ');
  return `${formatCount(values.length)} constants, see report.json`;
}

function filesTable({ files }: Report): Markup {
  if (files.length === 0) return html``;
  return html`<h3>Files</h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Kind</th>
            <th scope="col" class="number">Size</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          ${files.map(
            (file) =>
              html`<tr>
                <th scope="row">${file.path}${noteOf(file)}</th>
                <td>${file.kind}</td>
                <td class="number">${formatBytes(file.bytes)}</td>
                <td class="hash">${file.sha256}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function noteOf({ notes = [] }: FileReport): Markup {
  return notes.length === 0 ? html`` : html`<small>${notes.join(' ')}</small>`;
}
