import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { channels } from '../../main/contract/channels.ts';
import { replySchema } from '../../main/contract/bridge.ts';
import { noncePlaceholder } from '../../main/serve/csp.ts';
import { homeUrl, scheme } from '../../main/shell/origin.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sampleRecipe } from '../support/samples.ts';
import type { fakeElectron as Fake } from './fake-electron.ts';

vi.mock('electron', async () => (await import('./fake-electron.ts')).fakeElectron());

/**
 * The shell's wiring, against a stand-in for Electron: what is set up, who is let in, what is served. How Electron itself behaves
 * is for tests/electron.
 */
const electron = (await import('electron')) as unknown as ReturnType<typeof Fake>;
const { told } = electron;
const base = temporaryFolder();
const build = join(base, 'out');
const dataFolder = join(base, 'data');
const engine = fileURLToPath(new URL('../support/fake-engine.ts', import.meta.url));

const studioFrame = { url: homeUrl, parent: null };
const call = async (name: string, args: unknown, senderFrame: unknown = studioFrame) =>
  replySchema.parse(await told.handlers.get(channels.call)?.({ senderFrame }, name, args));
const load = (url: string) => {
  const answer = told.schemes.get(scheme)?.(new Request(url));
  if (answer === undefined) throw new Error('The scheme is not served.');
  return answer;
};
const firstWindow = () => {
  const [window] = told.windows;
  if (window === undefined) throw new Error('There is no window.');
  return window;
};

beforeAll(async () => {
  mkdirSync(join(build, 'renderer'), { recursive: true });
  writeFileSync(join(build, 'renderer', 'index.html'), `<script nonce="${noncePlaceholder}"></script>`);
  writeFileSync(join(build, 'main.js'), 'not to be served');
  vi.stubEnv('ESPALIER_HOME', dataFolder);
  // A utility process is played by a child process: same messages, same end.
  electron.utilityProcess.fork.mockImplementation(() => {
    const child = fork(engine, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    return Object.assign(new EventEmitter(), {
      pid: child.pid,
      stderr: child.stderr,
      postMessage: (message: object) => child.send(message),
      kill: () => child.kill(),
      ...forwarding(child),
    });
  });
  const { startApp } = await import('../../main/shell/app.ts');
  startApp(build);
  expect(told.windows).toHaveLength(0);
  told.ready();
  await vi.waitFor(() => expect(told.windows).toHaveLength(1));
});
beforeEach(() => vi.clearAllMocks());
afterAll(async () => {
  electron.app.emit('before-quit', { preventDefault: () => undefined });
  await vi.waitFor(() => expect(electron.app.exit).toHaveBeenCalledWith(0));
  vi.unstubAllEnvs();
});

function forwarding(child: ReturnType<typeof fork>) {
  return {
    on(event: string, listener: (...args: never[]) => void) {
      child.on(event, listener as (...args: unknown[]) => void);
    },
  };
}

test('the window shows the studio with every guard up', () => {
  const { options } = firstWindow();
  expect(options['webPreferences']).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
    preload: join(build, 'preload', 'index.cjs'),
  });
  expect(existsSync(join(dataFolder, 'espalier.db'))).toBe(true);
});

test('the page is served from its scheme, and nothing else is', async () => {
  const page = await load(homeUrl);
  const policy = page.headers.get('content-security-policy') ?? '';
  const nonce = /nonce-([^']+)'/.exec(policy)?.[1];
  expect(await page.text()).toBe(`<script nonce="${nonce}"></script>`);
  expect(policy).toContain("default-src 'none'");
  for (const url of [
    `${homeUrl}../main.js`,
    `${homeUrl}%2e%2e%2fmain.js`,
    `${homeUrl}absent.js`,
    `${scheme}://evil/`,
  ]) {
    expect((await load(url)).status, url).toBe(404);
  }
});

test('only the main frame of the studio may call', async () => {
  expect(await call('app.info', null)).toEqual({
    ok: true,
    result: { version: '1.2.3', shell: 'electron', dataFolder },
  });
  for (const frame of [
    null,
    { url: 'https://evil.example/', parent: null },
    { url: homeUrl, parent: studioFrame },
  ]) {
    expect(await call('app.info', null, frame)).toMatchObject({ ok: false, problem: { code: 'api/sender' } });
  }
});

test('navigation, windows and embedded pages are refused; links to papers open outside', () => {
  const { webContents } = firstWindow();
  const refused = (event: string, details: object) => {
    const preventDefault = vi.fn();
    webContents.emit(event, { ...details, preventDefault });
    return preventDefault.mock.calls.length > 0;
  };
  expect(refused('will-navigate', { url: 'https://evil.example/' })).toBe(true);
  expect(refused('will-navigate', { url: `${homeUrl}#/runs` })).toBe(false);
  expect(refused('will-frame-navigate', { url: homeUrl, isMainFrame: false })).toBe(true);
  expect(refused('will-redirect', { url: homeUrl })).toBe(true);
  expect(refused('will-attach-webview', {})).toBe(true);
  for (const url of ['https://evil.example/', 'file:///etc/passwd', 'https://arxiv.org/abs/2103.06460']) {
    expect(webContents.openHandler?.({ url })).toEqual({ action: 'deny' });
  }
  expect(electron.shell.openExternal.mock.calls).toEqual([['https://arxiv.org/abs/2103.06460']]);
});

test('a run through the utility host reaches the window, keeps the machine awake, and is saved by a dialog', async () => {
  const created = await call('projects.create', { name: 'p' });
  const { id: projectId } = (created.ok ? created.result : null) as { id: number };
  await call('runs.start', { projectId, recipe: sampleRecipe({ name: 'finish' }) });
  const { webContents } = firstWindow();
  const states = () =>
    webContents.send.mock.calls.flatMap(([channel, event]: unknown[]) =>
      channel === channels.event ? [(event as { run?: { state: string } }).run?.state] : [],
    );
  await vi.waitFor(() => expect(states()).toContain('finished'), { timeout: 20_000 });
  expect(electron.powerSaveBlocker.start.mock.calls).toEqual([['prevent-app-suspension']]);
  expect(electron.powerSaveBlocker.stop.mock.calls).toEqual([[7]]);

  const listed = await call('artifacts.list', { runId: 1 });
  const files = (listed.ok ? listed.result : []) as { id: number; name: string }[];
  const model = files.find(({ name }) => name === 'model.onnx');
  expect(await call('artifacts.save', { id: model?.id })).toEqual({ ok: true, result: { how: 'cancelled' } });
  const path = join(base, 'saved.onnx');
  electron.dialog.showSaveDialog.mockResolvedValueOnce({ filePath: path });
  expect(await call('artifacts.save', { id: model?.id })).toEqual({
    ok: true,
    result: { how: 'saved', path },
  });
  expect(readFileSync(path, 'utf8')).toBe('the model '.repeat(100));
});

test('quitting asks while a run goes on, and leaves the program running when told to', async () => {
  await call('runs.start', { projectId: 1, recipe: sampleRecipe({ name: 'slow' }) });
  await vi.waitFor(async () => {
    const run = await call('runs.get', { id: 2 });
    expect(run.ok ? run.result : null).toMatchObject({ state: 'running' });
  });
  electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 1 });
  const preventDefault = vi.fn();
  electron.app.emit('before-quit', { preventDefault });
  await vi.waitFor(() => expect(electron.dialog.showMessageBox).toHaveBeenCalledOnce());
  expect(preventDefault).toHaveBeenCalledOnce();
  expect(electron.app.exit).not.toHaveBeenCalled();
  expect(await call('app.info', null)).toMatchObject({ ok: true });
});

test('a page that crashes is loaded again, but not for ever', () => {
  const { webContents } = firstWindow();
  for (let i = 0; i < 4; i++) webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  expect(webContents.reload).toHaveBeenCalledTimes(2);
  expect(electron.dialog.showMessageBox).toHaveBeenCalledTimes(2);
});
