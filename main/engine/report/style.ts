/** The report's style sheet: light and dark by the reader's system, and paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1d2420; --soft: #5c6660; --line: #e3e2dc; --band: #f4f3ee;
  --accent: #2f7d4f; --accent-soft: #dcebe1; --before: #9aa39d; --better: #24693f; --worse: #a8442a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141815; --card: #1b201d; --ink: #e8ece9; --soft: #9ca8a1; --line: #2e3631; --band: #212823;
    --accent: #6cc492; --accent-soft: #22392c; --before: #77827b; --better: #7fd3a3; --worse: #ee9b80;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif;
}
main { max-width: 1000px; margin: 0 auto; padding: 48px 24px 64px; }
header { margin-bottom: 28px; }
.brand { display: flex; align-items: center; gap: 8px; margin: 0 0 20px; color: var(--accent); font-weight: 600; }
.emblem { width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; }
h1 { font-size: 34px; line-height: 1.2; letter-spacing: -0.02em; margin: 0 0 10px; overflow-wrap: anywhere; }
h2 { font-size: 19px; letter-spacing: -0.01em; margin: 0 0 14px; }
h3 { font-size: 13px; margin: 22px 0 8px; color: var(--soft); font-weight: 600; }
.facts { display: flex; flex-wrap: wrap; gap: 8px; margin: 0 0 20px; }
.facts span { padding: 2px 10px; border-radius: 99px; background: var(--accent-soft); font-size: 13px; overflow-wrap: anywhere; }
.verdict { margin: 0; max-width: 46em; font-size: 19px; line-height: 1.5; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 24px; margin-top: 20px; }
.warnings { border-left: 4px solid var(--worse); } .warnings ul { margin: 0; padding-left: 20px; } .warnings li { overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { padding: 8px 14px 8px 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: middle; font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
tfoot tr > * { border-top: 1px solid var(--line); border-bottom: 0; font-weight: 600; }
thead th { color: var(--soft); font-size: 13px; white-space: nowrap; }
tbody th { font-weight: 500; min-width: 130px; overflow-wrap: break-word; }
th small { max-width: 240px; display: block; color: var(--soft); font-weight: 400; font-size: 12px; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.shape, .short { white-space: nowrap; }
.wide { width: 28%; min-width: 150px; } .fair { width: 17%; min-width: 140px; }
.hash { font: 11px/1.4 ui-monospace, 'Liberation Mono', monospace; color: var(--soft); white-space: nowrap; }
.better { color: var(--better); white-space: nowrap; } .worse { color: var(--worse); white-space: nowrap; }
.same { color: var(--soft); white-space: nowrap; }
.key { display: inline-flex; gap: 14px; font-weight: 400; color: var(--soft); font-size: 12px; }
.key > span { display: inline-flex; align-items: center; gap: 5px; }
.swatch { width: 10px; height: 6px; border-radius: 2px; display: inline-block; }
.swatch.round { width: 8px; height: 8px; border-radius: 50%; }
.swatch.dense { background: var(--before); } .swatch.compressed { background: var(--accent); }
svg .dense { fill: var(--before); } svg .compressed { fill: var(--accent); }
.pair { display: block; width: 100%; height: 16px; }
.meter { display: flex; align-items: center; gap: 12px; }
.meter svg { flex: 1; height: 8px; min-width: 60px; border-radius: 4px; }
.meter .number { width: 58px; }
.track { fill: var(--band); }
.dots { display: block; width: 100%; height: 16px; }
.link { stroke: var(--before); stroke-width: 2; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(380px, 1fr)); gap: 24px; }
.chart { margin: 0; } .chart > svg { display: block; width: 100%; height: auto; max-width: 520px; }
figcaption { display: flex; justify-content: space-between; gap: 12px; font-weight: 600; font-size: 14px; margin-bottom: 6px; }
.grid { stroke: var(--line); fill: none; }
.tick, .stage { fill: var(--soft); font-size: 11px; font-variant-numeric: tabular-nums; }
.stage { font-size: 10.5px; }
.band.even { fill: var(--band); } .band.odd { fill: transparent; }
.curve { fill: none; stroke-linejoin: round; stroke-linecap: round; }
.curve.main { stroke: var(--accent); stroke-width: 2; }
.curve.side { stroke: var(--before); stroke-width: 1.4; stroke-dasharray: 4 3; }
.curve.third { stroke: var(--worse); stroke-width: 1.6; } .curve.fourth { stroke: var(--ink); stroke-width: 1.4; }
.curve.fifth { stroke: var(--accent); stroke-width: 1.4; stroke-dasharray: 2 3; } .curve.sixth { stroke: var(--soft); stroke-width: 1.4; stroke-dasharray: 8 3; }
.end.third { fill: var(--worse); } .end.fourth { fill: var(--ink); } .end.fifth { fill: var(--accent); } .end.sixth { fill: var(--soft); }
.end.main { fill: var(--accent); } .end.side { fill: var(--before); }
.note { color: var(--soft); font-size: 13px; margin: 0 0 10px; } .charts + .note { margin: 12px 0 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 0 40px; }
.columns h3:first-child { margin-top: 10px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 5px 16px; margin: 0; font-size: 14px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre { margin: 0; padding: 16px; border-radius: 10px; background: var(--band); font: 12.5px/1.55 ui-monospace, 'Liberation Mono', monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: 12.5px ui-monospace, 'Liberation Mono', monospace; }
footer { color: var(--soft); font-size: 13px; margin-top: 20px; }
@media (max-width: 560px) {
  main { padding: 28px 14px 40px; } section { padding: 18px 14px; } h1 { font-size: 27px; }
  .charts { grid-template-columns: 1fr; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc; --band: #f3f3f3;
    --accent: #2f7d4f; --accent-soft: #eee; --before: #8a8a8a; --better: #24693f; --worse: #a8442a;
  }
  body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; } section { border: 0; padding: 0; margin-top: 22pt; }
  .charts { grid-template-columns: 1fr 1fr; }
  h2, h3, figcaption, thead { break-after: avoid; } tr, figure, dl { break-inside: avoid; }
}
@page { margin: 16mm; }
`;
