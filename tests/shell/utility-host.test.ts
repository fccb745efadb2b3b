import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import type { EngineHost } from '../../main/jobs/host.ts';
import { ask } from '../../main/jobs/query.ts';
import { endOf } from '../../main/shell/end.ts';
import { problemWith } from '../support/problem.ts';
import type { fakeElectron as Fake } from './fake-electron.ts';
import { fakeUtility } from './fake-utility.ts';

vi.mock('electron', async () => (await import('./fake-electron.ts')).fakeElectron());
const electron = (await import('electron')) as unknown as ReturnType<typeof Fake>;
const { utilityHost } = await import('../../main/shell/utility-host.ts');

const engine = fileURLToPath(new URL('../support/fake-engine.ts', import.meta.url));
electron.utilityProcess.fork.mockImplementation((entry: string, _args, options: { serviceName: string }) =>
  fakeUtility(electron.app, entry, options),
);
const start = (label: string) => utilityHost(engine, label);
const exitOf = (host: EngineHost) =>
  new Promise<{ code: number | null; signal: string | null; stderr: string }>((resolve) => {
    host.onExit((code, signal, stderr) => resolve({ code, signal, stderr }));
  });
afterEach(() => void vi.useRealTimers());

test('an order to end that comes before the process is carried out when it has come up', async () => {
  const host = start('run 1');
  const exit = exitOf(host);
  host.kill();
  expect(await exit).toMatchObject({ code: null, signal: 'SIGKILL' });
});

test('a question that is given up before its process is there ends it, unasked', async () => {
  const hosts: EngineHost[] = [];
  const posts: unknown[] = [];
  const watched = (label: string) => {
    const host = start(label);
    hosts.push(host);
    return { ...host, post: (message: Parameters<EngineHost['post']>[0]) => void posts.push(message) };
  };
  await expect(ask(watched, 'sleep', null, { timeoutMs: 1 })).rejects.toEqual(
    problemWith({ code: 'query/slow' }),
  );
  await exitOf(hosts[0] as EngineHost);
  expect(posts).toEqual([]);
});

test('a process that never comes up is told as that, even where Electron says nothing', async () => {
  vi.useFakeTimers();
  const silent = Object.assign(new EventEmitter(), { stderr: null, postMessage: vi.fn(), kill: vi.fn() });
  electron.utilityProcess.fork.mockReturnValueOnce(silent);
  const exit = exitOf(start('run 2'));
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await exit).toEqual({ code: null, signal: null, stderr: '' });
});

test('a launch that failed is told at once', async () => {
  const silent = Object.assign(new EventEmitter(), { stderr: null, postMessage: vi.fn(), kill: vi.fn() });
  electron.utilityProcess.fork.mockReturnValueOnce(silent);
  const exit = exitOf(start('run 3'));
  const { serviceName } = electron.utilityProcess.fork.mock.lastCall?.[2] as { serviceName: string };
  electron.app.emit(
    'child-process-gone',
    {},
    { type: 'Utility', name: serviceName, reason: 'launch-failed', exitCode: 1003 },
  );
  expect(await exit).toMatchObject({ code: null, signal: null });
});

test('the last words of a process that has crashed are heard though Electron drops whoever listens', async () => {
  const error = await ask(start, 'die', null).catch((thrown: unknown) => thrown);
  expect(error).toEqual(problemWith({ code: 'query/crashed' }));
  expect(String(error)).toMatch(/exit code 9.*out of luck/);
});

test('a process that the system has killed is told as that', async () => {
  const host = start('run 4');
  const exit = exitOf(host);
  host.onMessage(({ type }) => {
    if (type === 'ready') host.post({ type: 'query', query: 'probe-provider', args: { provider: 'dml' } });
  });
  expect(await exit).toMatchObject({ signal: 'SIGSEGV' });
});

test('only its own end is taken for its end', async () => {
  const [one, two] = [start('run 5'), start('run 5')];
  const ended: string[] = [];
  one.onExit(() => ended.push('one'));
  const second = exitOf(two).then(() => ended.push('two'));
  two.kill();
  await second;
  expect(ended).toEqual(['two']);
  one.kill();
  await vi.waitFor(() => expect(ended).toEqual(['two', 'one']));
});

test.each([
  ['clean-exit', 0, 'linux', { code: 0, signal: null }],
  ['abnormal-exit', 3, 'linux', { code: 3, signal: null }],
  ['killed', 9, 'linux', { code: null, signal: 'SIGKILL' }],
  ['killed', 1, 'win32', { code: null, signal: 'SIGKILL' }],
  ['oom', 137, 'linux', { code: null, signal: 'out of memory' }],
  ['crashed', 11, 'linux', { code: 11, signal: 'SIGSEGV' }],
  ['crashed', 139, 'linux', { code: 139, signal: 'SIGSEGV' }],
  ['crashed', 3221225477, 'win32', { code: 3221225477, signal: 'a crash, 0xC0000005' }],
  ['crashed', -1073741819, 'win32', { code: -1073741819, signal: 'a crash, 0xC0000005' }],
  ['launch-failed', 1003, 'win32', { code: null, signal: null }],
] as const)('%s with %i on %s', (reason, code, platform, end) => {
  expect(endOf(reason, code, platform)).toEqual(end);
});
