import type { Report } from '../../contract/report.ts';
import { formatCount } from '../../words/format.ts';
import { SEARCH_NAMES, searchRows, searchWords } from '../../words/search.ts';
import { CURVE_STYLES, lineChart } from './line-chart.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';
import { meter } from './meter.ts';

/** Which methods searched for widths, what each found with how many evaluations, and the widths that were taken. */
export function searchSection({ search, history }: Report): Markup {
  if (search === null) return html``;
  const { methods, groups } = search;
  const curves = methods.map(({ method }, i) => ({
    metric: `search/${method}` as const,
    label: SEARCH_NAMES[method],
    style: CURVE_STYLES[i % CURVE_STYLES.length] ?? 'main',
  }));
  const title = 'Best accuracy so far, over evaluations';
  return html`<section>
    <h2>Search for widths</h2>
    <p class="note">${searchWords(search)}</p>
    <div class="charts">${lineChart({ title, unit: 'percent', x: 'round', curves }, history, [])}</div>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col" class="number">Evaluations</th>
            <th scope="col" class="number">Best accuracy</th>
            <th scope="col" class="number">Left</th>
            <th scope="col">Taken</th>
          </tr>
        </thead>
        <tbody>
          ${searchRows(search).map(
            ({ label, evaluations, accuracy, left, taken }) =>
              html`<tr>
                <th scope="row">${label}</th>
                <td class="number">${evaluations}</td>
                <td class="number">${accuracy}</td>
                <td class="number">${left}</td>
                <td>${taken}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Layer or group</th>
            <th scope="col" class="number">Before</th>
            <th scope="col" class="number">Kept</th>
            <th scope="col" class="wide">Kept</th>
          </tr>
        </thead>
        <tbody>
          ${groups.map(
            ({ name, units, kept }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td class="number">${formatCount(units)}</td>
                <td class="number">${formatCount(kept)}</td>
                <td>${meter(kept / units)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
