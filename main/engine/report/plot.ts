import type { Chart, ChartAxis, Pictures, Plot, PlotPoint, PlotSeries } from '../../contract/chart.ts';
import {
  axisScale,
  plotSummary,
  spreadOf,
  tickText,
  usablePoints,
  valuesOf,
  valueText,
  type SpreadPoint,
} from '../../words/plot-axis.ts';
import { html, type Markup } from './markup.ts';

/** Charts that are data, drawn as SVG figures; the studio draws the same data in renderer/charts/PlotChart.vue. */

const WIDTH = 520;
const HEIGHT = 290;
const PLOT = { left: 58, right: WIDTH - 14, top: 26, bottom: HEIGHT - 44 };
/** Series beyond these share their looks. */
const COLOURS = 8;

/** What study pages add to the report's style. */
export const PLOT_STYLE = `
.plot { --c0: #2f7d4f; --c1: #c8553d; --c2: #2f5fa8; --c3: #9a6f00; --c4: #7d4f9e; --c5: #0f7f90; --c6: #8a5a2b; --c7: #4a4f55; }
@media (prefers-color-scheme: dark) { .plot { --c0: #6cc492; --c1: #ee8f78; --c2: #86b0f0; --c3: #e0b84f; --c4: #c29be0; --c5: #63cfe0; --c6: #cfa070; --c7: #b8bec4; } }
.plot figcaption { display: block; } .plot .key { display: flex; flex-wrap: wrap; margin-top: 4px; gap: 4px 14px; }
.plot path { fill: none; } .plot .axis { fill: var(--soft); font-size: 11px; } .plot .mark { stroke: var(--soft); stroke-dasharray: 3 3; }
.plot .lines { stroke-width: 1.8; stroke-linejoin: round; } .plot .dashed { stroke-dasharray: 6 4; stroke-width: 1.5; }
.plot .bar { stroke-width: 1.1; } .plot path.band { fill-opacity: 0.16; stroke: none; }
.pictures { display: flex; flex-wrap: wrap; gap: 14px; } .pictures span { display: block; font-size: 12px; color: var(--soft); max-width: 132px; }
.pictures svg { width: 132px; height: auto; image-rendering: pixelated; border: 1px solid var(--line); }
`;

/** A chart as a figure. */
export function drawChart(chart: Chart): Markup {
  return chart.kind === 'plot' ? drawPlot(chart) : drawPictures(chart);
}

function drawPlot(plot: Plot): Markup {
  const { title, note, axes, series, marks } = plot;
  const values = valuesOf(plot);
  const xs = axisScale(axes.x, values.x);
  const ys = axisScale(axes.y, values.y);
  const px = (value: number) => round(PLOT.left + xs.at(value) * (PLOT.right - PLOT.left));
  const py = (value: number) => {
    const at = ys.at(value);
    return round(
      PLOT.bottom - Math.min(1, Math.max(0, Number.isNaN(at) ? 0 : at)) * (PLOT.bottom - PLOT.top),
    );
  };
  const drawable = series.map((one) => ({ ...one, points: usablePoints(one, axes) }));
  return html`<figure class="chart plot">
    <figcaption>
      ${title}
      <span class="key"
        >${series.map(
          ({ name, look }, i) =>
            html`<span
              ><svg width="20" height="10" aria-hidden="true">${sample(look, colour(i))}</svg>${name}</span
            >`,
        )}</span
      >
    </figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${plotSummary(plot)}">
      ${ys.ticks.map(
        (tick) =>
          html`<path class="grid" d="M${PLOT.left} ${py(tick)}H${PLOT.right}" /><text
              class="tick"
              x="${PLOT.left - 7}"
              y="${py(tick) + 4}"
              text-anchor="end"
              >${tickText(axes.y, tick)}</text
            >`,
      )}
      ${xs.ticks.map(
        (tick) =>
          html`<text class="tick" x="${px(tick)}" y="${PLOT.bottom + 17}" text-anchor="middle"
            >${tickText(axes.x, tick)}</text
          >`,
      )}
      <text class="axis" x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">
        ${axes.x.label}
      </text>
      <text class="axis" x="4" y="14">${axes.y.label}</text>
      ${marks.map(
        ({ x, label }) =>
          html`<path class="mark" d="M${px(x)} ${PLOT.top}V${PLOT.bottom}" /><text
              class="axis"
              x="${px(x) + 4}"
              y="${PLOT.top + 10}"
              >${label}</text
            >`,
      )}
      ${drawable.map((one, i) => drawSeries(one, colour(i), px, py, axes.y))}
    </svg>
    ${note === '' ? html`` : html`<p class="note">${note}</p>`}
  </figure>`;
}

const colour = (index: number): string => `var(--c${index % COLOURS})`;

function sample(look: PlotSeries['look'], stroke: string): Markup {
  return look === 'dots'
    ? html`<circle cx="10" cy="5" r="3" style="fill: ${stroke}" />`
    : html`<path class="lines ${look}" style="stroke: ${stroke}" d="M0 5H20" />`;
}

function drawSeries(
  { name, look, spread, points }: Omit<PlotSeries, 'points'> & { readonly points: readonly PlotPoint[] },
  stroke: string,
  px: (value: number) => number,
  py: (value: number) => number,
  axis: ChartAxis,
): Markup {
  if (points.length === 0) return html``;
  const path = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${py(y)}`).join('');
  const held = spreadOf(points);
  const drawn =
    spread === 'band'
      ? held.length < 2
        ? html``
        : html`<path class="band" style="fill: ${stroke}" d="${band(held, px, py)}" />`
      : html`${held.map(({ x, low, high }) => html`<path class="bar" style="stroke: ${stroke}" d="M${px(x)} ${py(low)}V${py(high)}" />`)}`;
  const line =
    look === 'dots' ? html`` : html`<path class="lines ${look}" style="stroke: ${stroke}" d="${path}" />`;
  const dots =
    look === 'dots' || (look === 'line' && points.length <= 24)
      ? points.map(
          ({ x, y }) =>
            html`<circle cx="${px(x)}" cy="${py(y)}" r="2.6" style="fill: ${stroke}"
              ><title>${name}: ${valueText(axis, y)}</title></circle
            >`,
        )
      : [];
  return html`<g>${drawn}${line}${dots}</g>`;
}

function band(
  points: readonly SpreadPoint[],
  px: (value: number) => number,
  py: (value: number) => number,
): string {
  const upper = points.map(({ x, high }) => `${px(x)} ${py(high)}`);
  const lower = points.map(({ x, low }) => `${px(x)} ${py(low)}`).reverse();
  return `M${[...upper, ...lower].join('L')}Z`;
}

/** Grey pictures, a square a pixel; pixels of one grey beside each other are one rectangle. */
function drawPictures({ title, note, series }: Pictures): Markup {
  return html`<figure class="chart plot">
    <figcaption>${title}</figcaption>
    <div class="pictures">
      ${series.map(
        ({ name, width, height, values }) =>
          html`<div>
            <svg
              viewBox="0 0 ${width} ${height}"
              role="img"
              aria-label="${name}"
              shape-rendering="crispEdges"
            >
              ${Array.from({ length: height }, (_, row) => html`${greyRuns(values, row, width)}`)}
            </svg>
            <span>${name}</span>
          </div>`,
      )}
    </div>
    ${note === '' ? html`` : html`<p class="note">${note}</p>`}
  </figure>`;
}

function greyRuns(values: readonly number[], row: number, width: number): Markup[] {
  const runs: Markup[] = [];
  const grey = (column: number) => Math.round((values[row * width + column] ?? 0) * 255);
  for (let from = 0; from < width;) {
    let to = from + 1;
    while (to < width && grey(to) === grey(from)) to++;
    const level = grey(from);
    runs.push(
      html`<rect
        x="${from}"
        y="${row}"
        width="${to - from}"
        height="1"
        fill="rgb(${level},${level},${level})"
      />`,
    );
    from = to;
  }
  return runs;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
