import type { Page } from 'playwright-core';

/** A task of the main thread, in milliseconds: by the clock, and of the processor. */
export interface Task {
  readonly wall: number;
  readonly processor: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: {
    readonly name?: string;
    readonly data?: { readonly frame?: string };
    readonly beginData?: { readonly frame?: string };
  };
}

/** Layout and script run in this thread. */
const mainThread = 'CrRendererMain';

/**
 * The task of the page's main thread that took most of the processor while something was done, from Chromium's own trace. Its time by
 * the clock has whatever else the machine was at.
 */
export async function longestTask(page: Page, act: () => Promise<unknown>): Promise<Task> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    categories: 'devtools.timeline,disabled-by-default-devtools.timeline,__metadata',
  });
  await act();
  await page.waitForTimeout(300);
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  const { frameTree } = await session.send('Page.getFrameTree');
  await session.detach();
  // The trace is of all pages, the browser's own too.
  const own = new Set(
    events
      .filter(({ args }) => (args.data ?? args.beginData)?.frame === frameTree.frame.id)
      .map(({ pid }) => pid),
  );
  const threads = new Set(
    events.flatMap(({ name, args, pid, tid }) =>
      name === 'thread_name' && args.name === mainThread && own.has(pid) ? [`${pid} ${tid}`] : [],
    ),
  );
  const tasks = events.filter(
    ({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && threads.has(`${pid} ${tid}`),
  );
  const most = tasks.reduce((a, b) => ((b.tdur ?? 0) > (a.tdur ?? 0) ? b : a), tasks[0] ?? nothing);
  return { wall: (most.dur ?? 0) / 1000, processor: (most.tdur ?? 0) / 1000 };
}

const nothing: TraceEvent = { name: '', ph: 'X', pid: 0, tid: 0, ts: 0, args: {} };
