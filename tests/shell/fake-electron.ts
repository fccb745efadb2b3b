import { EventEmitter } from 'node:events';
import { vi } from 'vitest';

/** As much of Electron as the shell touches, remembering what it was told. For vi.mock('electron'). */
export function fakeElectron() {
  const handlers = new Map<string, (...args: unknown[]) => unknown>();
  const schemes = new Map<string, (request: Request) => Promise<Response>>();
  const windows: FakeWindow[] = [];
  const ready = Promise.withResolvers<void>();

  class FakeContents extends EventEmitter {
    send = vi.fn();
    reload = vi.fn();
    openHandler: ((details: { url: string }) => unknown) | null = null;
    setWindowOpenHandler(handler: (details: { url: string }) => unknown) {
      this.openHandler = handler;
    }
  }
  class FakeWindow extends EventEmitter {
    static getAllWindows = () => windows;
    static getFocusedWindow = () => windows[0] ?? null;
    webContents = new FakeContents();
    loadURL = vi.fn(async () => undefined);
    show = vi.fn();
    focus = vi.fn();
    isMinimized = () => false;
    options: Record<string, unknown>;
    constructor(options: Record<string, unknown>) {
      super();
      this.options = options;
      windows.push(this);
      app.emit('web-contents-created', {}, this.webContents);
    }
  }
  const app = Object.assign(new EventEmitter(), {
    isPackaged: true,
    setPath: vi.fn(),
    requestSingleInstanceLock: vi.fn(() => true),
    enableSandbox: vi.fn(),
    whenReady: () => ready.promise,
    getVersion: () => '1.2.3',
    quit: vi.fn(),
    exit: vi.fn(),
  });
  const session = {
    setPermissionRequestHandler: vi.fn(),
    setPermissionCheckHandler: vi.fn(),
    setDevicePermissionHandler: vi.fn(),
    setDisplayMediaRequestHandler: vi.fn(),
  };
  return {
    app,
    BrowserWindow: FakeWindow,
    dialog: {
      showErrorBox: vi.fn(),
      showMessageBox: vi.fn(async () => ({ response: 0 })),
      showOpenDialog: vi.fn(async () => ({ filePaths: [] as string[] })),
      showSaveDialog: vi.fn(async () => ({ filePath: '' })),
    },
    ipcMain: {
      handle: (name: string, handler: (...args: unknown[]) => unknown) => handlers.set(name, handler),
    },
    Menu: { setApplicationMenu: vi.fn(), buildFromTemplate: (template: unknown) => template },
    powerSaveBlocker: { start: vi.fn(() => 7), stop: vi.fn() },
    protocol: {
      registerSchemesAsPrivileged: vi.fn(),
      handle: (name: string, handler: (request: Request) => Promise<Response>) => schemes.set(name, handler),
    },
    session: { defaultSession: session },
    shell: { openExternal: vi.fn(async () => undefined), openPath: vi.fn() },
    utilityProcess: { fork: vi.fn() },
    /** What the shell has set up, for the test. */
    told: { handlers, schemes, windows, ready: () => ready.resolve() },
  };
}
