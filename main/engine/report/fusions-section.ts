import type { Report } from '../../contract/report.ts';
import { fusionColumns, fusionRows, fusionWords } from '../../words/fusion.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';

const [, ...cells] = fusionColumns;

/** Which layers were fused, what that was foretold to lose and what it came to. */
export function fusionsSection({ fusions }: Report): Markup {
  if (fusions.length === 0) return html``;
  return html`<section>
    <h2>Fused layers</h2>
    <p class="note">${fusionWords(fusions)}</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${fusionColumns.map(
              ({ title, figure }) => html`<th scope="col" class="${figure ? 'number' : ''}">${title}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${fusionRows(fusions).map(
            (row) =>
              html`<tr>
                <th scope="row">${row.label}</th>
                ${cells.map(({ id, figure }) => html`<td class="${figure ? 'number' : ''}">${row[id]}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
