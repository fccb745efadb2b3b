import { paradigms } from '../compress/paradigms/index.ts';
import { accuracyRows, axisOf, formatEstimate, goingOf } from '../../words/sweep.ts';
import { html, raw } from '../report/markup.ts';
import { page } from '../report/page.ts';
import { sweepChart } from './chart.ts';
import type { SweepResults } from './results.ts';

/** The branch of the survey that a series' paradigm belongs to. */
export function branchOf({ runs }: SweepResults): (series: string) => string {
  const paradigmOf = new Map(runs.map((run) => [run.series, run.paradigm]));
  return (series) => {
    const id = paradigmOf.get(series) ?? '';
    return paradigms.has(id) ? paradigms.get(id).branch : 'other';
  };
}

/** A sweep's results as one HTML file that needs nothing else: chart, table, and what failed. */
export function renderSweep(results: SweepResults): string {
  const { budgets, rows } = accuracyRows(results.cells);
  const failed = results.runs.filter((run) => run.state === 'failed');
  const missing = results.runs.filter((run) => run.state === 'missing').length;
  return page(
    `${results.name} · Espalier sweep`,
    html`<header>
        <h1>${results.name}</h1>
        <p class="facts">
          <span>${results.runs.length} runs</span>
          ${results.dense === null ? html`` : html`<span>dense ${formatEstimate(results.dense)} %</span>`}
          ${missing === 0 ? html`` : html`<span>${missing} missing</span>`}
        </p>
      </header>
      <section>
        <h2>Accuracy against ${axisOf(results.cells)}</h2>
        ${raw(sweepChart(results, branchOf(results)))}
      </section>
      <section>
        <h2>Test accuracy</h2>
        <p class="note">In percent: mean ± half of the 95 % interval (Student t) over (n) seeds.</p>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Series</th>
                ${budgets.map((budget) => html`<th scope="col" class="number">${budget}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                ({ series, texts }) =>
                  html`<tr>
                    <th scope="row">${series}</th>
                    ${texts.map((text) => html`<td class="number">${text}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </section>
      ${
        failed.length === 0
          ? html``
          : html`<section>
              <h2>Failed</h2>
              <dl>
                ${failed.map(
                  (run) =>
                    html`<dt>${run.series}, ${goingOf(run)}, seed ${run.seed}</dt>
                      <dd>${run.problem ?? ''}</dd>`,
                )}
              </dl>
            </section>`
      }`,
    'svg.sweep { width: 100%; height: auto; }',
  );
}
