import { expect, it } from 'vitest';
import { EspalierError } from '../../../main/contract/errors.ts';
import { listDevices, openBackend } from '../../../main/engine/backend/choose.ts';
import { devices } from '../../../main/engine/backend/devices.ts';

it('lists every device with its check and its speed, or with what it lacks in words for people', async () => {
  const list = await listDevices({ threads: 2 });
  expect(list.map(({ id }) => id)).toEqual(devices.map(({ id }) => id));
  for (const { id, available, checked, gflops, note } of list) {
    // What libraries say of themselves is no sentence.
    expect(note, id).not.toMatch(/OrtSession|ExecutionProvider|\bat .*\.(js|ts):/);
    expect(note.length, id).toBeGreaterThan(10);
    if (!available) expect([checked, gflops], id).toEqual([false, null]);
    else expect(gflops, id).toBeGreaterThan(0);
  }
  const chosen = list.filter((each) => each.chosen);
  expect(chosen).toHaveLength(1);
  expect(chosen[0]?.checked).toBe(true);
}, 120_000);

it('refuses a device that is not there before a run begins, and says what can be done', async () => {
  const absent = process.platform === 'darwin' ? 'dml' : 'coreml';
  for (const [device, code] of [
    [absent, 'device/unavailable'],
    ['abacus', 'device/unknown'],
  ] as const) {
    const error = await openBackend({ device }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EspalierError);
    const { problem } = error as EspalierError;
    expect(problem).toMatchObject({ code, field: 'device' });
    expect(problem.message).toContain(`'${device}'`);
    expect(problem.remedy).toContain('auto');
  }
});
