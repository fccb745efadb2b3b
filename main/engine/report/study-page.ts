import type { StudyResult, StudyTable } from '../../contract/study.ts';
import { formatDuration, formatNumber } from '../../words/format.ts';
import { html, raw, type Markup } from './markup.ts';
import { drawChart, PLOT_STYLE } from './plot.ts';
import { STYLE } from './style.ts';

/** A study's results as one HTML file that needs nothing else. */
export function studyPage(result: StudyResult): string {
  const { title, paper, measured, differs, tables, charts, parameters, seed, done, steps } = result;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Espalier study</title>
        <style>
          ${raw(STYLE)} ${raw(PLOT_STYLE)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1>${title}</h1>
            <p class="facts">
              <span>seed ${seed}</span><span>${formatDuration(result.seconds)}</span>
              ${done < steps ? html`<span>${done} of ${steps} steps so far</span>` : html``}
            </p>
            <p class="verdict">${result.summary}</p>
          </header>
          <section>
            <h2>What the paper claims</h2>
            <p>${result.claim}</p>
            <p class="note">${paper.authors} (${paper.year}): ${paper.title}. ${paper.url}</p>
            <h2>What was measured here</h2>
            ${sentences(measured, 'Nothing yet.')}
            <h2>Where the two differ</h2>
            ${sentences(differs, done < steps ? 'Not known yet.' : 'Nowhere that these measurements show.')}
          </section>
          <section><div class="charts">${charts.map(drawChart)}</div></section>
          ${tables.map(tableSection)}
          <section>
            <h2>How it was measured</h2>
            <dl>
              ${Object.entries(parameters).map(
                ([name, value]) =>
                  html`<dt>${name}</dt>
                    <dd>${parameterText(value)}</dd>`,
              )}
              ${Object.entries(result.versions).map(
                ([name, version]) =>
                  html`<dt>${name}</dt>
                    <dd>${version}</dd>`,
              )}
            </dl>
          </section>
        </main>
      </body>
    </html> `.text;
}

function sentences(texts: readonly string[], none: string): Markup {
  if (texts.length === 0) return html`<p class="note">${none}</p>`;
  return html`<ul>
    ${texts.map((text) => html`<li>${text}</li>`)}
  </ul>`;
}

function parameterText(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(', ') : String(value === '' ? 'none' : value);
}

/** A number as tables show it: whole ones as they are. */
const cellText = (cell: string | number | null): string =>
  cell === null ? '' : typeof cell === 'string' ? cell : formatNumber(cell);

function tableSection({ title, note, columns, rows }: StudyTable): Markup {
  return html`<section>
    <h2>${title}</h2>
    ${note === '' ? html`` : html`<p class="note">${note}</p>`}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${columns.map((name, i) => html`<th scope="col" class="${i === 0 ? '' : 'number'}">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell, i) =>
                  i === 0
                    ? html`<th scope="row">${cellText(cell)}</th>`
                    : html`<td class="number">${cellText(cell)}</td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
