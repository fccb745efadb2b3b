import type { Scale } from './scale.ts';

/** A drawing of accuracies with names of its points or lines on the right, in units of its view box. */
export const field = { left: 60, right: 190, top: 14, bottom: 46, width: 820, height: 340 };

/** Where the plot within it ends. */
export const inner = { right: field.width - field.right, bottom: field.height - field.bottom };

const LETTERS = 24;

/** As much of a name as has room on the right. */
export const short = (name: string): string =>
  name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name;

/** How far down a value lies. */
export const heightOf = ({ low, high }: Scale, value: number): number =>
  inner.bottom - ((value - low) / (high - low)) * (inner.bottom - field.top);
