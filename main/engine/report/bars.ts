import type { Markup } from './markup.ts';
import { html } from './markup.ts';

/** What the two bars of a row stand for. */
export function barKey(first: string, second: string): Markup {
  return html`<span class="key"
    ><span><i class="swatch dense"></i>${first}</span
    ><span><i class="swatch compressed"></i>${second}</span></span
  >`;
}

/** Two bars on a common scale from zero, on which `longest` is full. */
export function pairOfBars([first, second]: readonly [number, number], longest: number): Markup {
  if (longest <= 0) return html``;
  const width = (value: number) => Math.max(0.6, Math.round((value / longest) * 2000) / 20);
  return html`<svg class="pair" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
    <rect class="dense" y="1" height="6" width="${width(first)}" />
    <rect class="compressed" y="9" height="6" width="${width(second)}" />
  </svg>`;
}
