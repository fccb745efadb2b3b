import type { RunRow } from '../../main/contract/run-list.ts';
import { formatPercent } from './format.ts';

/**
 * What the tab or the window is called: the screen, and before it how far the youngest run at work is, so that it can be seen from
 * elsewhere.
 * @param busy runs with a process, the youngest first
 */
export function titleOf(
  screen: unknown,
  busy: readonly Pick<RunRow, 'state' | 'name' | 'progress'>[],
): string {
  const page = `${typeof screen === 'string' ? screen : 'Studio'} – Espalier`;
  const run = busy.find(({ state }) => state === 'running') ?? busy.find(({ state }) => state === 'paused');
  if (run === undefined) return page;
  const share = formatPercent(run.progress?.fraction ?? 0, 0);
  return `${run.state === 'paused' ? `paused at ${share}` : share} ${run.name} · ${page}`;
}
