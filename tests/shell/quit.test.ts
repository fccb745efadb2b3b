import { beforeEach, expect, test, vi } from 'vitest';
import type { Studio } from '../../main/studio.ts';
import type { fakeElectron as Fake } from './fake-electron.ts';

vi.mock('electron', async () => (await import('./fake-electron.ts')).fakeElectron());
const electron = (await import('electron')) as unknown as ReturnType<typeof Fake>;
const { quitInOrder } = await import('../../main/shell/quit.ts');

const show = vi.fn();
const studio = { busy: false, close: vi.fn(async () => undefined as void) };

beforeEach(() => {
  vi.clearAllMocks();
  vi.useRealTimers();
  electron.app.removeAllListeners();
  electron.powerMonitor.removeAllListeners();
  studio.busy = false;
});
const begin = () => quitInOrder(studio as unknown as Studio, show);

test('nothing is asked where nothing runs, and everything is put away once', async () => {
  begin();
  electron.app.quit();
  electron.app.quit();
  await vi.waitFor(() => expect(electron.app.exit.mock.calls).toEqual([[0]]));
  expect(studio.close).toHaveBeenCalledOnce();
  expect(electron.dialog.showMessageBox).not.toHaveBeenCalled();
});

test('a failure to put things away ends the program all the same', async () => {
  begin();
  const complaint = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  studio.close.mockRejectedValueOnce(new Error('The disk is full.'));
  electron.app.quit();
  await vi.waitFor(() => expect(electron.app.exit.mock.calls).toEqual([[1]]));
  expect(complaint).toHaveBeenCalledOnce();
  complaint.mockRestore();
});

test('a disk that does not answer does not keep the program', async () => {
  begin();
  vi.useFakeTimers();
  studio.close.mockReturnValueOnce(new Promise(() => undefined));
  electron.app.quit();
  await vi.advanceTimersByTimeAsync(14_000);
  expect(electron.app.exit).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(electron.app.exit.mock.calls).toEqual([[1]]);
});

test('an interrupted run is asked for once, and the answer counts for the quit that follows', async () => {
  begin();
  studio.busy = true;
  electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 1 });
  electron.app.quit();
  electron.app.quit();
  await vi.waitFor(() => expect(show).toHaveBeenCalledOnce());
  expect(electron.dialog.showMessageBox).toHaveBeenCalledOnce();
  electron.dialog.showMessageBox.mockResolvedValueOnce({ response: 0 });
  electron.app.quit();
  await vi.waitFor(() => expect(electron.app.exit.mock.calls).toEqual([[0]]));
  expect(electron.dialog.showMessageBox).toHaveBeenCalledTimes(2);
});

test("the system's own end is not asked about, on any system", async () => {
  studio.busy = true;
  const leave = begin();
  const event = electron.told.preventable();
  electron.powerMonitor.emit('shutdown', event);
  expect(event.prevented).toBe(true);
  await vi.waitFor(() => expect(electron.app.exit.mock.calls).toEqual([[0]]));

  const window = new electron.BrowserWindow({});
  leave.guard(window as unknown as Parameters<typeof leave.guard>[0]);
  window.emit('session-end', {});
  expect(studio.close).toHaveBeenCalledOnce();
  expect(electron.dialog.showMessageBox).not.toHaveBeenCalled();
});
