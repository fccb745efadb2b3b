import type { Report } from '../../contract/report.ts';
import { promiseRows } from '../../words/promises.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';

/** What the budget asked for and what came of it; nothing of reports that did not note it. */
export function promisesSection({ promises }: Report): Markup {
  if (promises.length === 0) return html``;
  return html`<section>
    <h2>What was promised</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Budget</th>
            <th scope="col" class="number">Before</th>
            <th scope="col" class="number">Asked</th>
            <th scope="col" class="number">Measured</th>
            <th scope="col">Promise</th>
          </tr>
        </thead>
        <tbody>
          ${promiseRows(promises).map(
            ({ label, before, asked, measured, verdict }) =>
              html`<tr>
                <th scope="row">${label}</th>
                <td class="number">${before}</td>
                <td class="number">${asked}</td>
                <td class="number">${measured}</td>
                <td>${verdict}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
