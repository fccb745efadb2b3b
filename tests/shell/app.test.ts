import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { channels } from '../../main/contract/channels.ts';
import { replySchema } from '../../main/contract/bridge.ts';
import { noncePlaceholder } from '../../main/serve/csp.ts';
import { homeUrl, scheme } from '../../main/shell/origin.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sampleRecipe } from '../support/samples.ts';
import type { fakeElectron as Fake } from './fake-electron.ts';
import { fakeUtility } from './fake-utility.ts';

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
/** What the session was given at the start, before calls are forgotten between tests. */
const guards: { sandbox?: number; request?: Requested; check?: Checked; media?: Media; spelling?: unknown } =
  {};
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
  electron.utilityProcess.fork.mockImplementation((_entry: string, _args, options: { serviceName: string }) =>
    fakeUtility(electron.app, engine, options),
  );
  const { startApp } = await import('../../main/shell/app.ts');
  startApp(build);
  expect(told.windows).toHaveLength(0);
  told.ready();
  await vi.waitFor(() => expect(told.windows).toHaveLength(1));
  guards.sandbox = electron.app.enableSandbox.mock.calls.length;
  const { defaultSession } = electron.session;
  guards.request = defaultSession.setPermissionRequestHandler.mock.calls[0]?.[0] as Requested;
  guards.check = defaultSession.setPermissionCheckHandler.mock.calls[0]?.[0] as Checked;
  guards.media = defaultSession.setDisplayMediaRequestHandler.mock.calls[0]?.[0] as Media;
  guards.spelling = defaultSession.setSpellCheckerEnabled.mock.calls[0]?.[0];
});
beforeEach(() => vi.clearAllMocks());
afterAll(async () => {
  electron.app.emit('before-quit', told.preventable());
  await vi.waitFor(() => expect(electron.app.exit).toHaveBeenCalledWith(0));
  vi.unstubAllEnvs();
});

test('the window shows the studio with every guard up', () => {
  expect(guards.sandbox).toBe(1);
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

test('the window has no preference but those that guard it', () => {
  // What is not named here, insecure content, experimental features or features by name, is off in Electron as long as it is not set.
  expect(Object.keys(firstWindow().options['webPreferences'] as object).sort()).toEqual([
    'contextIsolation',
    'devTools',
    'nodeIntegration',
    'preload',
    'sandbox',
    'spellcheck',
    'webSecurity',
    'webviewTag',
  ]);
  expect(firstWindow().options['webPreferences']).toMatchObject({ devTools: false, spellcheck: false });
});

test('a file that was dropped on the studio may be read from then on, and no other page can say so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-dropped-'));
  try {
    const list = () => call('files.list', { folder });
    const drop = (senderFrame: unknown, path: unknown) =>
      told.handlers.get(channels.dropped)?.({ senderFrame }, path);
    await drop({ url: 'https://evil.example/', parent: null }, folder);
    await drop({ url: homeUrl, parent: studioFrame }, folder);
    await drop(studioFrame, 'relative');
    await drop(studioFrame, 7);
    expect(await list()).toMatchObject({ ok: false, problem: { code: 'files/outside' } });
    await drop(studioFrame, folder);
    expect(await list()).toMatchObject({ ok: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
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

test('a report has a window of its own, without scripts, preload script and a way to the studio', async () => {
  const { electronDesk } = await import('../../main/shell/dialogs.ts');
  const { studioWindows } = await import('../../main/shell/report-window.ts');
  const { isStudioUrl } = await import('../../main/shell/origin.ts');
  const report = {
    id: 5,
    runId: 1,
    name: 'report.html',
    kind: 'report-html',
    bytes: 13,
    sha256: '',
    measured: null,
  };
  const content = async () => Buffer.from('<p>report</p>');
  expect(await electronDesk.open(report, content)).toEqual({ how: 'opened' });
  const window = told.windows.at(-1);
  expect(window?.options.webPreferences).toMatchObject({ javascript: false, sandbox: true });
  expect(window?.options.webPreferences).not.toHaveProperty('preload');
  const [address] = window?.loadURL.mock.calls[0] ?? [''];
  expect(isStudioUrl(address)).toBe(false);
  const served = await load(address);
  expect(await served.text()).toBe('<p>report</p>');
  expect(served.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  // What leads back to the studio leads to its own window, not to this one.
  expect(told.windows).toHaveLength(2);
  expect(studioWindows()).toEqual([firstWindow()]);
  window?.close();
  expect((await load(address)).status).toBe(404);
});

/** Starts a run that goes on until it is ended. */
async function startSlowRun(): Promise<number> {
  const reply = await call('runs.start', { projectId: 1, recipe: sampleRecipe({ name: 'stubborn' }) });
  const { id } = (reply.ok ? reply.result : null) as { id: number };
  await vi.waitFor(
    async () => {
      const run = await call('runs.get', { id });
      expect(run.ok ? run.result : null).toMatchObject({ state: 'running' });
    },
    { timeout: 20_000 },
  );
  return id;
}

test('a run that ends while nobody looks is told by a notification, which leads to it', async () => {
  await call('runs.start', { projectId: 1, recipe: sampleRecipe({ name: 'finish' }) });
  const window = firstWindow();
  const others = told.notifications.length;
  await vi.waitFor(() => expect(told.notifications).toHaveLength(others + 1), { timeout: 20_000 });
  const notification = told.notifications.at(-1);
  expect(notification?.options.body).toBe('The run has finished.');
  expect(window.flashFrame).toHaveBeenCalledWith(true);
  const drawn = window.setProgressBar.mock.calls.map(([value]) => value as number);
  expect(drawn.filter((value) => value > 0 && value < 1)).not.toHaveLength(0);
  expect(drawn.at(-1)).toBe(-1);
  notification?.emit('click');
  expect(window.loadURL).toHaveBeenLastCalledWith(expect.stringMatching(/#\/runs\/\d+$/));

  const before = told.notifications.length;
  electron.BrowserWindow.focused = window;
  await call('runs.start', { projectId: 1, recipe: sampleRecipe({ name: 'fail' }) });
  await vi.waitFor(() => expect(window.setProgressBar).toHaveBeenLastCalledWith(-1), { timeout: 20_000 });
  expect(told.notifications).toHaveLength(before);
  electron.BrowserWindow.focused = null;
});

test('quitting asks while a run goes on, and leaves the program running when told to', async () => {
  const id = await startSlowRun();
  electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 1 });
  const event = told.preventable();
  electron.app.emit('before-quit', event);
  await vi.waitFor(() => expect(electron.dialog.showMessageBox).toHaveBeenCalledOnce());
  // The question lies on the window, not behind it.
  expect(electron.dialog.showMessageBox.mock.calls[0]?.[0]).toBe(firstWindow());
  expect(event.prevented).toBe(true);
  expect(electron.app.exit).not.toHaveBeenCalled();
  expect(await call('runs.get', { id })).toMatchObject({ ok: true, result: { state: 'running' } });
});

test.skipIf(process.platform === 'darwin')(
  'the last window stays while it asks, and when the person goes on',
  async () => {
    const window = firstWindow();
    electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 1 });
    window.close();
    window.close();
    await vi.waitFor(() => expect(window.show).toHaveBeenCalled());
    expect(electron.dialog.showMessageBox).toHaveBeenCalledOnce();
    expect(told.windows).toEqual([window]);
    expect(electron.app.exit).not.toHaveBeenCalled();
  },
);

test('a program without a window gets one: from a second start, from the menu, from the dock, from going on', async () => {
  const openers: Record<string, () => void> = {
    'second start': () => electron.app.emit('second-instance', {}, ['espalier'], base),
    menu: () => {
      const entries = (told.menus[0] ?? []).flatMap(({ submenu }) =>
        Array.isArray(submenu)
          ? (submenu as { label?: string; click?: (item: unknown, window?: unknown) => void }[])
          : [],
      );
      entries.find(({ label }) => label === 'All runs')?.click?.({}, undefined);
    },
    dock: () => electron.app.emit('activate'),
    'going on': () => {
      electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 1 });
      electron.app.emit('before-quit', told.preventable());
    },
  };
  for (const [what, open] of Object.entries(openers)) {
    for (const window of told.windows.splice(0)) window.destroyed = true;
    open();
    await vi.waitFor(() => expect(told.windows, what).toHaveLength(1));
    expect(firstWindow().loadURL, what).toHaveBeenCalledWith(what === 'menu' ? `${homeUrl}#/runs` : homeUrl);
  }
});

test('an archive that the program is opened with begins a new run, and may be read wherever it lies', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  const archive = join(elsewhere, 'my model.espalier');
  writeFileSync(archive, 'no archive');
  const inspect = () => call('networks.inspect', { network: archive, data: null });
  expect(await inspect()).toMatchObject({ ok: false, problem: { code: 'files/outside' } });
  const address = `${homeUrl}#/new/network?file=${encodeURIComponent(archive)}`;
  electron.app.emit('second-instance', {}, ['espalier', '--flag', 'my model.espalier'], elsewhere);
  expect(firstWindow().loadURL).toHaveBeenLastCalledWith(address);
  const answer = await inspect();
  expect(answer).not.toMatchObject({ problem: { code: 'files/outside' } });

  firstWindow().loadURL.mockClear();
  for (const argv of [['espalier', 'absent.espalier'], ['espalier', '/etc/passwd'], [archive]]) {
    electron.app.emit('second-instance', {}, argv, elsewhere);
  }
  expect(firstWindow().loadURL).not.toHaveBeenCalled();
  const event = told.preventable();
  electron.app.emit('open-file', event, archive);
  expect(event.prevented).toBe(true);
  expect(firstWindow().loadURL).toHaveBeenLastCalledWith(address);
  rmSync(elsewhere, { recursive: true });
});

test('the page may write to the clipboard and save what it made itself, nothing else', () => {
  const both = (permission: string, address: string, isMainFrame = true) => {
    let decided: boolean | null = null;
    guards.request?.(null, permission, (allow) => (decided = allow), { requestingUrl: address, isMainFrame });
    return [decided, guards.check?.(null, permission, address, { isMainFrame })];
  };
  expect(both('clipboard-sanitized-write', homeUrl)).toEqual([true, true]);
  expect(both('clipboard-sanitized-write', homeUrl, false)).toEqual([false, false]);
  expect(both('clipboard-sanitized-write', 'https://evil.example/')).toEqual([false, false]);
  for (const permission of [
    'clipboard-read',
    'media',
    'geolocation',
    'notifications',
    'openExternal',
    'fullscreen',
  ])
    expect(both(permission, homeUrl), permission).toEqual([false, false]);
  const streams = vi.fn();
  guards.media?.({}, streams);
  expect(streams.mock.calls).toEqual([[null]]);
  const downloads = [
    ['https://elsewhere.example/file', true],
    [`${homeUrl}index.html`, true],
    ['blob:https://elsewhere.example/1', true],
    ['blob:espalier://studio.example/1', true],
    [`blob:${homeUrl}1`, false],
  ] as const;
  for (const [url, refused] of downloads) {
    const download = told.preventable();
    electron.session.defaultSession.emit('will-download', download, { getURL: () => url });
    expect(download.prevented, url).toBe(refused);
  }
  expect(guards.spelling).toBe(false);
});

test('dialogs and menus have the theme that was chosen in the studio', async () => {
  await call('settings.set', { theme: 'dark' });
  expect(electron.nativeTheme.themeSource).toBe('dark');
  await call('settings.set', { theme: 'system' });
  expect(electron.nativeTheme.themeSource).toBe('system');
});

test('a page that crashes is loaded again, but not for ever; then its window can be closed', async () => {
  const window = firstWindow();
  electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 0 });
  for (let i = 0; i < 4; i++) window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  expect(window.webContents.reload).toHaveBeenCalledTimes(2);
  // One question at a time.
  expect(electron.dialog.showMessageBox).toHaveBeenCalledTimes(1);
  await vi.waitFor(() => expect(window.webContents.reload).toHaveBeenCalledTimes(3));
});

test('a page that cannot be loaded is shown as that, and not as no window at all', async () => {
  const window = firstWindow();
  window.webContents.emit('did-fail-load', {}, -3, 'ERR_ABORTED', homeUrl, true);
  window.webContents.emit('did-fail-load', {}, -6, 'ERR_FILE_NOT_FOUND', `${homeUrl}a.js`, false);
  expect(electron.dialog.showMessageBox).not.toHaveBeenCalled();
  electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 0 });
  window.webContents.emit('did-fail-load', {}, -6, 'ERR_FILE_NOT_FOUND', homeUrl, true);
  expect(window.show).toHaveBeenCalled();
  await vi.waitFor(() => expect(window.webContents.reload).toHaveBeenCalledOnce());
});

test('a page that hangs can be waited for or loaded again', async () => {
  const window = firstWindow();
  electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 1 });
  window.emit('unresponsive');
  await vi.waitFor(() => expect(window.webContents.reload).toHaveBeenCalledOnce());
});

type Requested = (
  contents: null,
  permission: string,
  decide: (allow: boolean) => void,
  details: { requestingUrl: string; isMainFrame: boolean },
) => void;
type Checked = (
  contents: null,
  permission: string,
  origin: string,
  details: { isMainFrame: boolean },
) => boolean;
type Media = (request: object, decide: (streams: unknown) => void) => void;
