import type { HostRecord } from '../../../main/engine/backend/backend.ts';

/** Largest |a - b| / max(1, |b|) over all entries; infinite where an entry is missing or has another size. */
export function largestDifference(a: HostRecord, b: HostRecord): number {
  let largest = 0;
  for (const [name, expected] of Object.entries(b)) {
    const actual = a[name];
    if (actual === undefined || actual.data.length !== expected.data.length) return Infinity;
    expected.data.forEach((value, i) => {
      const difference = Math.abs(value - (actual.data[i] ?? NaN)) / Math.max(1, Math.abs(value));
      largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
    });
  }
  return largest;
}
