import { describe, expect, it } from 'vitest';
import { promiseRows } from '../../main/words/promises.ts';

const one = (promise: Parameters<typeof promiseRows>[0][number]) => promiseRows([promise])[0];

describe('promises in words', () => {
  it('are kept up to 2 % above what was asked', () => {
    const macs = { kind: 'macs', before: 1000, asked: 500 } as const;
    expect(one({ ...macs, after: 510 })).toMatchObject({
      label: 'MACs',
      asked: 'at most 500',
      verdict: 'kept within 2 %',
    });
    expect(one({ ...macs, after: 500 })?.verdict).toBe('kept');
    expect(one({ ...macs, asked: 499.99999, after: 500 })?.verdict).toBe('kept');
    expect(one({ ...macs, after: 560 })).toMatchObject({ kept: false, verdict: 'missed by 12 %' });
  });

  it('are kept by a time that cannot be told from what was asked', () => {
    const latency = { kind: 'latency', before: 4, asked: 2, after: 2.2, of: 'batch 1, 1 thread' } as const;
    expect(one({ ...latency, spread: [1.9, 2.5] })).toMatchObject({
      label: 'Latency (batch 1, 1 thread)',
      measured: '2.20 ms (1.90 ms to 2.50 ms)',
      verdict: 'kept within its spread',
    });
    expect(one({ ...latency, spread: [2.15, 2.25] })?.verdict).toBe('missed by 10 %');
  });

  it('are not told by a time that may as well be the one before', () => {
    const latency = { kind: 'latency', before: 4, asked: 2, after: 1.8 } as const;
    expect(one({ ...latency, spread: [0, 4.9] })).toMatchObject({
      kept: false,
      verdict: 'not told: the clock wandered too much',
    });
    expect(one({ ...latency, spread: [1.5, 2.1] })?.verdict).toBe('kept');
  });

  it('have the units of what they are of', () => {
    const bytes = { kind: 'bytes', before: 2_000_000, asked: 500_000, after: 498_000 } as const;
    expect(one(bytes)).toMatchObject({ before: '2.00 MB', asked: 'at most 500 kB', measured: '498 kB' });
  });
});
