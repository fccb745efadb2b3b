import type { Page } from 'playwright-core';

/** What a page did while it was watched, in milliseconds. */
export interface Watched {
  /** Between two frames. */
  readonly frames: readonly number[];
  /** Of tasks of the main thread above 50. */
  readonly longTasks: readonly number[];
}

/** Runs in the page, so that it is text here. */
const watching = `
  const notes = { frames: [], longTasks: [] };
  globalThis.notes = notes;
  new PerformanceObserver((list) => notes.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ entryTypes: ['longtask'] });
  let last = performance.now();
  requestAnimationFrame(function frame(now) {
    notes.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  });
`;

/** Must be called before the page is opened: counts from the first script on. */
export const watchFrames = (page: Page): Promise<unknown> => page.addInitScript({ content: watching });

/** What happened since the last call of this. */
export const watched = (page: Page): Promise<Watched> =>
  page.evaluate('({ frames: notes.frames.splice(0), longTasks: notes.longTasks.splice(0) })');

/** The longest, or 0 where there is none. */
export const longest = (values: readonly number[]): number => Math.max(0, ...values);
