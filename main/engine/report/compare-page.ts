import { OTHER_DATA, type RunRow } from '../../words/compare-runs.ts';
import { shareChange } from '../../words/change.ts';
import { unbroken } from '../../words/format.ts';
import type { ShareChange } from '../../words/noise.ts';
import { html } from './markup.ts';
import { page } from './page.ts';
import { brand } from './summary.ts';

/** What a page of runs beside each other shows of one. */
export interface ShownRun {
  readonly name: string;
  readonly verdict: string;
  /** Its accuracy against the first run's; null for the first, and where there is nothing to compare. */
  readonly against: ShareChange | null;
  /** Whether that is of the same samples, one by one. */
  readonly paired: boolean;
}

/**
 * Finished runs beside each other as one HTML file that needs nothing else.
 * @param rows what every run has, in the order of the runs
 * @param otherData whether they were not all measured on the same data
 */
export function comparePage(runs: readonly ShownRun[], rows: readonly RunRow[], otherData: boolean): string {
  const title = runs.map(({ name }) => name).join(' and ');
  return page(
    `${title} · Espalier comparison`,
    html`<header>
        ${brand()}
        <h1>${title}</h1>
        ${otherData ? html`<p class="verdict">${OTHER_DATA}</p>` : html``}
      </header>
      <section>
        <h2>What came of each</h2>
        <dl>
          ${runs.map(
            ({ name, verdict }) =>
              html`<dt>${name}</dt>
                <dd>${unbroken(verdict)}</dd>`,
          )}
        </dl>
      </section>
      <section>
        <h2>In figures</h2>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col"></th>
                ${runs.map(({ name }) => html`<th scope="col">${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                ({ label, cells }) =>
                  html`<tr>
                    <th scope="row">${label}</th>
                    ${cells.map((cell) => html`<td>${unbroken(cell)}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </section>
      ${
        otherData
          ? html``
          : html`<section>
              <h2>Accuracy against ${runs[0]?.name ?? ''}</h2>
              <dl>
                ${runs.flatMap(({ name, against, paired }) =>
                  against === null
                    ? []
                    : [
                        html`<dt>${name}</dt>
                          <dd>${unbroken(againstWords(against, paired))}</dd>`,
                      ],
                )}
              </dl>
            </section>`
      }
      <footer>
        Accuracies are of the test part. Latencies were measured by each run on its own: on other machines, or
        beside other work, they cannot be compared. 1 kB = 1000 bytes.
      </footer>`,
  );
}

/** '−0.20 points (−0.60 to +0.20 points at 95 %, sample by sample)'. */
export function againstWords(against: ShareChange, paired: boolean): string {
  const { text, interval = '' } = shareChange(against);
  return `${text} (${interval}, ${paired ? 'sample by sample' : 'as of separate draws, since single answers are not there for both'})`;
}
