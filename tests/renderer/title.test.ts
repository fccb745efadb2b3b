import { expect, it } from 'vitest';
import type { RunSummary } from '../../main/contract/api.ts';
import { titleOf } from '../../renderer/text/title.ts';

const run = (state: RunSummary['state'], name: string, fraction?: number) => ({
  state,
  name,
  progress:
    fraction === undefined
      ? null
      : { stage: 0, epoch: 1, step: 0, fraction, etaSeconds: null, samplesPerSecond: null },
});
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

it('is the screen, and the youngest run at work before it', () => {
  expect(titleOf('Home', [])).toBe('Home – Espalier');
  expect(titleOf(undefined, [run('queued', 'c')])).toBe('Studio – Espalier');
  const busy = [run('queued', 'c'), run('running', 'b', 0.637), run('running', 'a', 0.9)];
  expect(plain(titleOf('Home', busy))).toBe('64 % b · Home – Espalier');
});

it('says that a run is paused, or has only begun', () => {
  expect(plain(titleOf('Home', [run('paused', 'a', 0.5)]))).toBe('paused at 50 % a · Home – Espalier');
  expect(plain(titleOf('Home', [run('running', 'a')]))).toBe('0 % a · Home – Espalier');
});
