import type { Report } from '../../contract/report.ts';
import { leftOf } from '../../words/amounts.ts';
import { barKey, pairOfBars } from './bars.ts';
import { comparisonCells, comparisonColumns, comparisons } from '../../words/comparison.ts';
import { courseWords } from '../../words/course.ts';
import { formatPercent, unbroken } from '../../words/format.ts';
import { speedUpWords } from '../../words/speed-up.ts';
import { lineChart, type LineChart } from './line-chart.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';

/** The head of the page: name, what it is about, and the verdict. */
export function headSection(report: Report): Markup {
  const { kind, things, gone } = leftOf(report);
  const facts = [
    report.network.name,
    report.data.name,
    report.recipe.paradigm,
    kind === 'sparsity'
      ? `${formatPercent(gone, 1)} sparse`
      : `${formatPercent(gone, 1)} of the ${things} gone`,
  ];
  return html`<header>
    ${brand()}
    <h1>${report.name}</h1>
    <p class="facts">${facts.map((fact) => html`<span>${fact}</span>`)}</p>
    <p class="verdict">${unbroken(report.verdict)}</p>
  </header>`;
}

/** What the method found on its way; nothing where there was nothing to tell. */
export function findingsSection({ findings }: Report): Markup {
  if (findings.length === 0) return html``;
  return html`<section>
    <h2>What was found</h2>
    <ul>
      ${findings.map((finding) => html`<li>${finding}</li>`)}
    </ul>
  </section>`;
}

/** What the person who watched the run was warned of; nothing where there was nothing. */
export function warningsSection({ warnings }: Report): Markup {
  if (warnings.length === 0) return html``;
  return html`<section class="warnings">
    <h2>Warnings</h2>
    <ul>
      ${warnings.map((warning) => html`<li>${warning}</li>`)}
    </ul>
  </section>`;
}

/** The line that says whose page it is. */
export function brand(): Markup {
  return html`<p class="brand">${emblem()} Espalier</p>`;
}

/** Branches along a frame. */
function emblem(): Markup {
  return html`<svg class="emblem" viewBox="0 0 24 24" aria-hidden="true">
    <path
      d="M12 22V3M12 19C5 19 4 17 4 13M12 19c7 0 8-2 8-6M12 12C7 12 6.500 10.500 6.500 7M12 12c5 0 5.500-1.500 5.500-5"
    />
  </svg>`;
}

/** Dense beside compressed: numbers and bars. */
export function comparisonSection(report: Report): Markup {
  const { original } = report;
  const course = courseWords(report);
  const rows = comparisons(report);
  const speedUp = speedUpWords(report);
  return html`<section>
    <h2>Before and after</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Measure</th>
            ${comparisonColumns(report).map((name) => html`<th scope="col" class="number">${name}</th>`)}
            <th scope="col">Change</th>
            <th scope="col" class="wide">
              ${barKey(original === null ? 'dense' : 'your file', 'compressed')}
            </th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${row.label}<small>${row.note}</small></th>
                ${comparisonCells(row).map((cell) => html`<td class="number">${cell}</td>`)}
                <td class="${row.better === null ? 'same' : row.better ? 'better' : 'worse'}">
                  ${row.change}${row.interval === '' ? '' : html`<small>${unbroken(row.interval)}</small>`}
                </td>
                <td>${pairOfBars(row.values, Math.max(...row.values))}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${speedUp === null ? html`` : html`<p class="note">${unbroken(speedUp)}</p>`}
    ${course === undefined ? html`` : html`<p class="note">${unbroken(course)}.</p>`}
  </section>`;
}

/** What is drawn of a run's history, where it has been measured. */
const CHARTS: readonly LineChart[] = [
  {
    title: 'Accuracy',
    unit: 'percent',
    curves: [
      { metric: 'validation/accuracy', label: 'validation', style: 'main' },
      { metric: 'train/accuracy', label: 'training', style: 'side' },
    ],
  },
  {
    title: 'Loss',
    unit: 'number',
    curves: [
      { metric: 'validation/loss', label: 'validation', style: 'main' },
      { metric: 'train/loss', label: 'training', style: 'side' },
    ],
  },
  {
    title: 'Sparsity',
    unit: 'percent',
    curves: [{ metric: 'sparsity', label: 'zero weights', style: 'main' }],
  },
  {
    title: 'Learning rate',
    unit: 'number',
    curves: [{ metric: 'learning-rate', label: 'rate', style: 'main' }],
  },
  {
    title: 'Masks from round to round',
    unit: 'percent',
    x: 'round',
    curves: [
      { metric: 'mask/overlap', label: 'was in the one before', style: 'main' },
      { metric: 'mask/jaccard', label: 'Jaccard distance', style: 'side' },
    ],
  },
  {
    title: 'Distance of masks',
    unit: 'percent',
    curves: [
      { metric: 'mask/hamming', label: 'places that differ', style: 'main' },
      { metric: 'mask/jaccard', label: 'Jaccard distance', style: 'side' },
    ],
  },
];

/** The history over the epochs, the stages as bands. */
export function curvesSection({ history, timings }: Report): Markup {
  const charts = CHARTS.map((chart) => lineChart(chart, history, timings.stages)).filter(
    (chart) => chart.text !== '',
  );
  if (charts.length === 0) return html``;
  return html`<section>
    <h2>Training</h2>
    <div class="charts">${charts}</div>
    <p class="note">
      Epochs over all stages; shaded bands are stages. Masks from round to round are over rounds.
    </p>
  </section>`;
}
