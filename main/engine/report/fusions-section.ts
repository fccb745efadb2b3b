import type { Report } from '../../contract/report.ts';
import { fusionRows, fusionWords } from '../../words/fusion.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';

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
            <th scope="col">Fused</th>
            <th scope="col">Into</th>
            <th scope="col" class="number">Forecast</th>
            <th scope="col" class="number">Before</th>
            <th scope="col" class="number">Fused</th>
            <th scope="col" class="number">Trained on</th>
            <th scope="col" class="number">Layers</th>
            <th scope="col" class="number">Parameters</th>
            <th scope="col" class="number">MACs</th>
          </tr>
        </thead>
        <tbody>
          ${fusionRows(fusions).map(
            (row) =>
              html`<tr>
                <th scope="row">${row.label}</th>
                <td>${row.layer}</td>
                <td class="number">${row.forecast}</td>
                <td class="number">${row.before}</td>
                <td class="number">${row.fused}</td>
                <td class="number">${row.trained}</td>
                <td class="number">${row.layers}</td>
                <td class="number">${row.parameters}</td>
                <td class="number">${row.macs}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
