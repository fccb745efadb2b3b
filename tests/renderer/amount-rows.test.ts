import { expect, test } from 'vitest';
import { costRows, leavingRows, zerosRows } from '../../renderer/text/amount-rows.ts';
import { formatDuration } from '../../renderer/text/format.ts';

test('zeros leave the unpacked file as it is, and a share of the weights', () => {
  const [weights, download, file] = zerosRows(266_610, 266_200, 0.9);
  expect(weights).toMatchObject({ before: '266,200', after: '26,620' });
  expect(file?.before).toBe(file?.after);
  expect(download?.before).not.toBe(download?.after);
  expect(zerosRows(266_610, 266_200, 0).map(({ change }) => change)).toEqual(['same', 'same', 'same']);
});

test('what leaves is told where the network tells it: as a share of it, or as the number that was asked for', () => {
  const network = { parameters: 1000, macs: 5000 };
  expect(leavingRows(network, 'macs', 0.5)).toMatchObject([{ before: '5,000', after: '2,500' }]);
  expect(leavingRows(network, 'parameters', 300)).toMatchObject([{ before: '1,000', after: '300' }]);
  for (const kind of ['memory', 'latency', 'bytes', 'channels', 'sparsity'] as const)
    expect(leavingRows(network, kind, 0.5)).toEqual([]);
});

test('what a run takes has no before', () => {
  const rows = costRows({ seconds: 74, memoryBytes: 2e8, diskBytes: 1e6 }, true);
  expect(rows.map(({ before, change, old }) => [before, change, old])).toEqual(
    Array.from({ length: 3 }, () => ['', '', true]),
  );
  expect(rows[0]?.after).toBe(formatDuration(74));
});
