import type { Report } from '../../contract/report.ts';
import { formatCount } from '../../words/format.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';
import { meter } from './meter.ts';

/** How many channels each layer still makes; nothing where none left the network. */
export function channelsSection({ channels }: Report): Markup {
  if (channels.length === 0) return html``;
  return html`<section>
    <h2>Channels</h2>
    <p class="note">What each layer still makes. Layers of one group lose the same ones.</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Group</th>
            <th scope="col">Of</th>
            <th scope="col" class="number">Before</th>
            <th scope="col" class="number">Kept</th>
            <th scope="col" class="wide">Kept</th>
          </tr>
        </thead>
        <tbody>
          ${channels.map(
            ({ layer, group, unit, total, kept }) =>
              html`<tr>
                <th scope="row">${layer}</th>
                <td>${group}</td>
                <td>${unit}s</td>
                <td class="number">${formatCount(total)}</td>
                <td class="number">${formatCount(kept)}</td>
                <td>${meter(kept / total)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
