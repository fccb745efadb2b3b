import type { Report } from '../../contract/report.ts';
import { readRows } from '../../words/data-read.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';

/** What was read of the data, and what may be wrong with them. */
export function dataSection({ data: { read } }: Report): Markup {
  if (read === undefined) return html``;
  return html`<section>
    <h2>What was read</h2>
    <div class="scroll">
      <table>
        <tbody>
          ${readRows(read).map(
            ([name, words]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${words}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      read.problems.length === 0
        ? html``
        : html`<h3>Problems found</h3>
            <ul>
              ${read.problems.map(({ text, remedy }) => html`<li>${text} ${remedy}</li>`)}
            </ul>`
    }
  </section>`;
}
