import { formatPercent } from '../../words/format.ts';
import { html, type Markup } from './markup.ts';

/** A share, 0..1, as a bar beside its number. */
export function meter(share: number): Markup {
  return html`<span class="meter"
    ><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="8" />
      <rect class="compressed" width="${Math.round(share * 1000) / 10}" height="8" /></svg
    ><span class="number">${formatPercent(share, 1)}</span></span
  >`;
}
