import { formatPercent } from '../../words/format.ts';
import { niceTicks } from '../../words/ticks.ts';
import { html, raw, type Markup } from '../report/markup.ts';
import { axisOf, exactPercent, goingOf, type Cell } from '../../words/sweep.ts';
import type { SweepResults } from './results.ts';

/** Panels have at most this many lines; more are told apart by nobody. */
const LINES = 10;
const PANEL = { width: 640, height: 320, left: 56, right: 220, top: 34, bottom: 34 };
const GAP = 12;
/** Room for the label of a budget. */
const LABEL = 48;

const STYLE = `
.sweep { --ink: #1d2420; --soft: #5c6660; --line: #e3e2dc; --paper: #ffffff;
  --c0: #0b6e4f; --c1: #c8553d; --c2: #2f5fa8; --c3: #b8860b; --c4: #7d4f9e; --c5: #1795a8; --c6: #8a5a2b; --c7: #d0508c; --c8: #6b7a00; --c9: #4a4f55; }
@media (prefers-color-scheme: dark) { .sweep { --ink: #e8ece9; --soft: #9ca8a1; --line: #2e3631; --paper: #141815;
  --c0: #5cc49a; --c1: #ee8f78; --c2: #86b0f0; --c3: #e0b84f; --c4: #c29be0; --c5: #63cfe0; --c6: #cfa070; --c7: #f08fbd; --c8: #c3d455; --c9: #b8bec4; } }
.sweep { font: 12px system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif; }
.sweep .paper { fill: var(--paper); } .sweep text { fill: var(--soft); font-variant-numeric: tabular-nums; }
.sweep .title { fill: var(--ink); font-weight: 600; font-size: 14px; } .sweep .name { fill: var(--ink); }
.sweep .rule { stroke: var(--line); } .sweep .dense { stroke: var(--soft); stroke-dasharray: 5 4; }
.sweep .series { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .sweep .bar { stroke-width: 1.2; }
`;

interface Panel {
  readonly title: string;
  readonly series: readonly string[];
}

interface Scale {
  readonly x: (budget: number) => number;
  readonly y: (accuracy: number) => number;
  readonly ticks: readonly number[];
  readonly budgets: readonly number[];
}

/**
 * Test accuracy against what the budgets let go as one SVG that needs nothing else: a line a series, bars for 95 % intervals,
 * the dense network dashed. The axis is that of what is left, on a logarithmic scale. With many series there is a panel for
 * each group, all on the same scale.
 * @param groupOf what a series belongs to: the branch of its paradigm
 * @returns '' where nothing has been measured
 */
export function sweepChart(results: SweepResults, groupOf: (series: string) => string): string {
  const { cells, dense } = results;
  if (cells.length === 0) return '';
  const panels = panelsOf(results, groupOf);
  const columns = panels.length > 1 ? 2 : 1;
  const rows = Math.ceil(panels.length / columns);
  const width = columns * PANEL.width + (columns - 1) * GAP;
  const height = rows * PANEL.height + (rows - 1) * GAP;
  const scale = scaleOf(cells, dense?.mean);
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    class="sweep"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    role="img"
    aria-label="${results.name}: test accuracy against ${axisOf(results.cells)}"
  >
    <style>
      ${raw(STYLE)}
    </style>
    <rect class="paper" width="${width}" height="${height}" />
    ${panels.map(
      (panel, i) =>
        html`<g
          transform="translate(${(i % columns) * (PANEL.width + GAP)} ${Math.floor(i / columns) * (PANEL.height + GAP)})"
          >${drawPanel(panel, results, scale)}</g
        >`,
    )}
  </svg> `.text;
}

function panelsOf({ name, cells }: SweepResults, groupOf: (series: string) => string): Panel[] {
  const series = [...new Set(cells.map((cell) => cell.series))];
  if (series.length <= LINES) return [{ title: name, series }];
  const groups = Map.groupBy(series, groupOf);
  return [...groups].flatMap(([title, members]) =>
    Array.from({ length: Math.ceil(members.length / LINES) }, (_, i) => ({
      title: i === 0 ? title : `${title}, more`,
      series: members.slice(i * LINES, (i + 1) * LINES),
    })),
  );
}

function scaleOf(cells: readonly Cell[], dense: number | undefined): Scale {
  const budgets = [...new Set(cells.map((cell) => cell.budget))].sort((a, b) => a - b);
  const density = (budget: number) => -Math.log10(1 - budget);
  const [first, last] = [density(budgets[0] ?? 0), density(budgets.at(-1) ?? 0)];
  const margin = last > first ? (last - first) * 0.04 : 0.1;
  const [from, to] = [first - margin, last + margin];
  const right = PANEL.width - PANEL.right;
  const values = [...cells.map((cell) => cell.accuracy.mean), ...(dense === undefined ? [] : [dense])];
  const ticks = niceTicks(Math.min(...values), Math.max(...values), 1);
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const bottom = PANEL.height - PANEL.bottom;
  return {
    budgets,
    ticks,
    x: (budget) => PANEL.left + ((density(budget) - from) / (to - from)) * (right - PANEL.left),
    y: (accuracy) => {
      const within = Math.min(Math.max(accuracy, low), high);
      return bottom - ((within - low) / (high - low)) * (bottom - PANEL.top);
    },
  };
}

function drawPanel({ title, series }: Panel, { cells, dense }: SweepResults, scale: Scale): Markup {
  const right = PANEL.width - PANEL.right;
  const bottom = PANEL.height - PANEL.bottom;
  return html`<text class="title" x="${PANEL.left}" y="18">${title}</text> ${scale.ticks.map(
      (tick) =>
        html`<path class="rule" d="M${PANEL.left} ${round(scale.y(tick))}H${right}" /><text
            x="${PANEL.left - 8}"
            y="${round(scale.y(tick) + 4)}"
            text-anchor="end"
            >${+(tick * 100).toFixed(6)} %</text
          >`,
    )}
    ${labelled(scale).map(
      (budget) =>
        html`<text x="${round(scale.x(budget))}" y="${bottom + 20}" text-anchor="middle"
          >${exactPercent(budget)}</text
        >`,
    )}
    ${
      dense === null
        ? html``
        : html`<path class="dense" d="M${PANEL.left} ${round(scale.y(dense.mean))}H${right}"
            ><title>dense network: ${formatPercent(dense.mean)}</title></path
          >`
    }
    ${series.map((name, i) => drawSeries(cellsOf(cells, name), `var(--c${i})`, scale))}
    ${series.map(
      (name, i) =>
        html`<path
            class="series"
            style="stroke: var(--c${i})"
            d="M${right + 14} ${PANEL.top + 8 + i * 20}h18"
          /><text class="name" x="${right + 38}" y="${PANEL.top + 12 + i * 20}"
            >${shortened(name)}<title>${name}</title></text
          >`,
    )}`;
}

/** Budgets whose labels have room, from the highest down. */
function labelled({ budgets, x }: Scale): number[] {
  return budgets.toReversed().reduce<number[]>((kept, budget) => {
    const next = kept.at(-1);
    return next === undefined || x(next) - x(budget) >= LABEL ? [...kept, budget] : kept;
  }, []);
}

function drawSeries(cells: readonly Cell[], colour: string, { x, y }: Scale): Markup {
  const points = cells.map((cell) => ({ px: round(x(cell.budget)), ...cell }));
  const line = points.map(({ px, accuracy }, i) => `${i === 0 ? 'M' : 'L'}${px} ${round(y(accuracy.mean))}`);
  return html`<g style="stroke: ${colour}"
    ><path class="series" d="${line.join('')}" />${points.map(({ px, accuracy, ...cell }) => {
      const { mean, half } = accuracy;
      const text = `${cells[0]?.series ?? ''} at ${goingOf(cell)}: ${formatPercent(mean)}`;
      const bar =
        half === null
          ? html``
          : html`<path class="bar" d="M${px} ${round(y(mean - half))}V${round(y(mean + half))}" />`;
      return html`${bar}<circle cx="${px}" cy="${round(y(mean))}" r="2.8" style="fill: ${colour}"
          ><title>${text}</title></circle
        >`;
    })}</g
  >`;
}

function cellsOf(cells: readonly Cell[], series: string): Cell[] {
  return cells.filter((cell) => cell.series === series).sort((a, b) => a.budget - b.budget);
}

function shortened(name: string): string {
  return name.length > 28 ? `${name.slice(0, 27)}…` : name;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
