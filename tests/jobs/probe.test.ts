import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import type { DeviceSummary } from '../../main/contract/catalog.ts';
import { childHost } from '../../main/jobs/child-host.ts';
import { engineEntry } from '../../main/jobs/entry.ts';
import type { EngineHost } from '../../main/jobs/host.ts';
import { answerProbes, probeProvider } from '../../main/jobs/probe.ts';
import { ask } from '../../main/jobs/query.ts';

const fake = fileURLToPath(new URL('../support/fake-engine.ts', import.meta.url));

test('a provider that ends its process is told as that, once, and takes nothing with it', async () => {
  const start = vi.fn(() => childHost(fake));
  const [first, second] = await Promise.all([probeProvider(start, 'dml'), probeProvider(start, 'dml')]);
  expect(first).toMatch(/^It was tried in a process of its own\. .*ended without an answer \(SIGSEGV/);
  expect(second).toBe(first);
  expect(start).toHaveBeenCalledTimes(1);
});

test('an engine that wishes to know has another process of its kind started for it', async () => {
  let tell: (message: { type: 'probe'; provider: 'coreml' }) => void = () => undefined;
  const posted: unknown[] = [];
  const asking: Partial<EngineHost> = {
    onMessage: (listener) => (tell = listener),
    post: (message) => void posted.push(message),
  };
  const start = vi.fn(() => childHost(fake));
  answerProbes(asking as EngineHost, start);
  tell({ type: 'probe', provider: 'coreml' });
  await vi.waitFor(() => expect(posted).toHaveLength(1), { timeout: 10_000 });
  expect(posted).toEqual([{ type: 'probed', provider: 'coreml', problem: 'Not here.' }]);
  expect(start).toHaveBeenCalledTimes(1);
});

test('the real engine lists its devices, providers as other processes found them', async () => {
  const devices = (await ask(() => childHost(engineEntry()), 'devices', {})) as DeviceSummary[];
  expect(devices.filter(({ chosen }) => chosen)).toHaveLength(1);
  for (const { note } of devices) expect(note).not.toMatch(/ended without an answer|internal/);
  if (process.platform !== 'linux') return;
  expect(devices.find(({ id }) => id === 'dml')?.note).toContain('not for linux');
  const webgpu = devices.find(({ id }) => id === 'webgpu');
  const problem = (await ask(() => childHost(engineEntry()), 'probe-provider', { provider: 'webgpu' })) as
    string | null;
  if (process.arch === 'x64') expect(webgpu?.available === true ? null : webgpu?.note).toBe(problem);
});
