import type { Report } from '../../contract/report.ts';
import { barKey, pairOfBars } from './bars.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';
import { sizeNote, sizeRows } from '../../words/sizes.ts';

/** What the pruned network weighs in each form that it can be taken away in. */
export function sizesSection(report: Report): Markup {
  const rows = sizeRows(report);
  if (rows.length === 0) return html``;
  const largest = Math.max(...rows.flatMap(({ values }) => values));
  return html`<section>
    <h2>Take it away</h2>
    <p class="note">${sizeNote(report)}</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Form</th>
            <th scope="col" class="number">On disk</th>
            <th scope="col" class="number">Download</th>
            <th scope="col">Change</th>
            <th scope="col" class="number">Accuracy</th>
            <th scope="col">Time of a call</th>
            <th scope="col" class="fair">${barKey('on disk', 'download')}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${row.label}<small>${row.note}</small></th>
                <td class="number">${row.disk}</td>
                <td class="number">${row.download}</td>
                <td class="${row.better === null ? 'same' : row.better ? 'better' : 'worse'}">
                  ${row.change}
                </td>
                <td class="number">${row.accuracy}</td>
                <td class="short">${row.speed}</td>
                <td>${pairOfBars(row.values, largest)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
