import type { LayerReport, Report } from '../../contract/report.ts';
import { formatCount, formatPercent, formatPoints } from '../../words/format.ts';
import { referenceOf } from '../../words/noise.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';
import { meter } from './meter.ts';

/** Classes are listed up to this many; of more, those that changed most. */
const MAX_CLASSES = 24;

/** What is left of each prunable layer. */
export function layersSection({ layers }: Report): Markup {
  if (layers.length === 0) return html``;
  const sum = (pick: (layer: LayerReport) => number) =>
    layers.reduce((total, layer) => total + pick(layer), 0);
  const [weights, kept, macs] = [sum((l) => l.parameters), sum((l) => l.nonzero), sum((l) => l.macs)];
  return html`<section>
    <h2>Layers</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Kind</th>
            <th scope="col">Shape</th>
            <th scope="col" class="number">Weights</th>
            <th scope="col" class="number">Kept</th>
            <th scope="col" class="number">MACs</th>
            <th scope="col" class="wide">Zero</th>
          </tr>
        </thead>
        <tbody>
          ${layers.map(
            (layer) =>
              html`<tr>
                <th scope="row">${layer.name}<small>${layer.param}</small></th>
                <td>${layer.op}</td>
                <td class="shape">${layer.shape.join(' × ')}</td>
                <td class="number">${formatCount(layer.parameters)}</td>
                <td class="number">${formatCount(layer.nonzero)}</td>
                <td class="number">${formatCount(layer.macs)}</td>
                <td>${zeroBar(layer.parameters, layer.nonzero)}</td>
              </tr>`,
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            <td></td>
            <td></td>
            <td class="number">${formatCount(weights)}</td>
            <td class="number">${formatCount(kept)}</td>
            <td class="number">${formatCount(macs)}</td>
            <td>${zeroBar(weights, kept)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  </section>`;
}

function zeroBar(weights: number, kept: number): Markup {
  return meter(weights === 0 ? 0 : 1 - kept / weights);
}

/** Recall of each class before and after: an average hides classes that pruning has hurt. */
export function classesSection(report: Report): Markup {
  const { data, compressed } = report;
  const reference = referenceOf(report);
  const rows = data.classes
    .map((name, i) => ({
      name,
      before: reference?.perClass[i] ?? null,
      after: compressed.perClass[i] ?? null,
    }))
    .filter((row): row is ClassRow => row.before !== null && row.after !== null);
  if (rows.length < 2) return html``;
  const changed = (row: ClassRow) => Math.abs(row.after - row.before);
  const shown =
    rows.length <= MAX_CLASSES
      ? rows
      : rows.toSorted((a, b) => changed(b) - changed(a)).slice(0, MAX_CLASSES);
  const low = Math.floor(Math.min(...shown.flatMap((row) => [row.before, row.after])) * 20) / 20;
  return html`<section>
    <h2>Classes</h2>
    <p class="note">
      ${data.multiLabel ? 'F1' : 'Recall'} on the test part.
      ${shown.length < rows.length ? `The ${shown.length} of ${rows.length} classes that changed most.` : ''}
      The axis runs from ${formatPercent(Math.min(low, 0.95), 0)} to 100 %.
    </p>
    <div class="scroll">
      <table class="classes">
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col" class="number">${report.original === null ? 'Dense' : 'Your file'}</th>
            <th scope="col" class="number">Compressed</th>
            <th scope="col" class="number">Change</th>
            <th scope="col" class="wide">${dotKey()}</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((row) => classRow(row, Math.min(low, 0.95)))}
        </tbody>
      </table>
    </div>
  </section>`;
}

interface ClassRow {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

function dotKey(): Markup {
  return html`<span class="key"
    ><span><i class="swatch dense round"></i>before</span
    ><span><i class="swatch compressed round"></i>after</span></span
  >`;
}

function classRow({ name, before, after }: ClassRow, low: number): Markup {
  const x = (value: number) => Math.round(40 + ((value - low) / (1 - low)) * 2320) / 10;
  return html`<tr>
    <th scope="row">${name}</th>
    <td class="number">${formatPercent(before)}</td>
    <td class="number">${formatPercent(after)}</td>
    <td class="number">${formatPoints(after - before)}</td>
    <td>
      <svg class="dots" viewBox="0 0 240 14" aria-hidden="true">
        <path class="grid" d="M4 7H236" />
        <path class="link" d="M${x(before)} 7H${x(after)}" />
        <circle class="dense" cx="${x(before)}" cy="7" r="4" />
        <circle class="compressed" cx="${x(after)}" cy="7" r="4" />
      </svg>
    </td>
  </tr>`;
}
