import type { Sensitivity } from '../../contract/sensitivity.ts';
import { formatCount, formatPercent, formatPoints, formatShare } from '../../words/format.ts';
import { niceTicks } from '../../words/ticks.ts';
import { html, type Markup } from './markup.ts';
import { page } from './page.ts';

const WIDTH = 300;
const HEIGHT = 150;
const PLOT = { left: 46, right: WIDTH - 10, top: 10, bottom: HEIGHT - 22 };
/** Half of a 95 % interval in standard errors. */
const Z = 1.96;

/** A sensitivity analysis as one HTML file that needs nothing else: a curve for every layer or group, all on one scale. */
export function sensitivityPage(sensitivity: Sensitivity, name: string): string {
  const { groups, whole, samples, criterion } = sensitivity;
  const losses = groups.flatMap(({ points }) =>
    points.flatMap(({ lost }) => [lost.mean - Z * lost.error, lost.mean + Z * lost.error]),
  );
  const ticks = niceTicks(Math.min(0, ...losses), Math.max(0.01, ...losses), 1);
  return page(
    `${name} · sensitivity`,
    html`<header>
        <h1>${name}: what each layer may lose</h1>
        <p>
          Accuracy lost when a share of one layer or group alone is removed, the worst by ${criterion} first,
          without training. ${formatCount(samples)} samples, the same for all points; the whole network gets
          ${formatPercent(whole.accuracy)} of them right. Bars are 95 % intervals of the paired differences.
        </p>
        <p class="note">
          A negative loss is a gain: within the bars it is chance, beyond them the removed part did harm on
          these samples, which a network that has learned its training data by heart may show.
        </p>
      </header>
      <div class="grid">${groups.map((group) => figure(group, ticks))}</div>`,
    '.grid { display: flex; flex-wrap: wrap; gap: 12px; }',
  );
}

function figure({ name, units, points }: Sensitivity['groups'][number], ticks: readonly number[]): Markup {
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const x = (share: number) => PLOT.left + share * (PLOT.right - PLOT.left);
  const y = (lost: number) => PLOT.bottom - ((lost - low) / (high - low)) * (PLOT.bottom - PLOT.top);
  const at = (value: number) => value.toFixed(1);
  const path = [{ share: 0, lost: { mean: 0, error: 0 } }, ...points]
    .map(({ share, lost }) => `${at(x(share))},${at(y(lost.mean))}`)
    .join(' ');
  const summary = points
    .map(({ share, lost }) => `${formatShare(share)}: ${formatPoints(-lost.mean)}`)
    .join('; ');
  return html`<figure class="chart">
    <figcaption>${name} <span class="note">${formatCount(units)} units</span></figcaption>
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      width="${WIDTH}"
      height="${HEIGHT}"
      role="img"
      aria-label="${summary}"
    >
      ${ticks.map(
        (tick) =>
          html`<line
              class="grid-line"
              stroke="var(--line)"
              x1="${PLOT.left}"
              x2="${PLOT.right}"
              y1="${at(y(tick))}"
              y2="${at(y(tick))}"
            />
            <text
              x="${PLOT.left - 4}"
              y="${at(y(tick) + 4)}"
              text-anchor="end"
              font-size="10"
              fill="var(--soft)"
              >${+(tick * 100).toFixed(4)}</text
            >`,
      )}
      ${[0, 0.5, 1].map(
        (share) =>
          html`<text
            x="${at(x(share))}"
            y="${HEIGHT - 6}"
            text-anchor="middle"
            font-size="10"
            fill="var(--soft)"
            >${formatShare(share)}</text
          >`,
      )}
      <polyline points="${path}" fill="none" stroke="var(--accent)" stroke-width="1.8" />
      ${points.map(
        ({ share, lost }) =>
          html`<line
              stroke="var(--accent)"
              x1="${at(x(share))}"
              x2="${at(x(share))}"
              y1="${at(y(lost.mean - Z * lost.error))}"
              y2="${at(y(lost.mean + Z * lost.error))}"
            />
            <circle cx="${at(x(share))}" cy="${at(y(lost.mean))}" r="2.2" fill="var(--accent)" />`,
      )}
    </svg>
  </figure>`;
}
