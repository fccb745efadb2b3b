import { EventEmitter } from 'node:events';
import { vi } from 'vitest';

/** As much of Electron as the shell touches, remembering what it was told. For vi.mock('electron'). */
export function fakeElectron() {
  const handlers = new Map<string, (...args: unknown[]) => unknown>();
  const schemes = new Map<string, (request: Request) => Promise<Response>>();
  const windows: FakeWindow[] = [];
  const notifications: FakeNotification[] = [];
  const menus: { label?: string; role?: string; submenu?: unknown }[][] = [];
  const ready = Promise.withResolvers<void>();
  /** An event that can be prevented, and whether it was. */
  const preventable = () => {
    const event = { prevented: false, preventDefault: () => void (event.prevented = true) };
    return event;
  };

  class FakeContents extends EventEmitter {
    send = vi.fn();
    reload = vi.fn();
    openHandler: ((details: { url: string }) => unknown) | null = null;
    setWindowOpenHandler(handler: (details: { url: string }) => unknown) {
      this.openHandler = handler;
    }
  }
  class FakeWindow extends EventEmitter {
    static focused: FakeWindow | null = null;
    static getAllWindows = () => [...windows];
    static getFocusedWindow = () => FakeWindow.focused;
    webContents = new FakeContents();
    loadURL = vi.fn(async (_url: string) => undefined);
    show = vi.fn();
    restore = vi.fn();
    focus = vi.fn();
    setProgressBar = vi.fn();
    flashFrame = vi.fn();
    isMinimized = () => false;
    destroyed = false;
    isDestroyed = () => this.destroyed;
    options: Record<string, unknown>;
    constructor(options: Record<string, unknown>) {
      super();
      this.options = options;
      windows.push(this);
      app.emit('web-contents-created', {}, this.webContents);
    }
    /** As Electron does: it may be prevented, and the last window's end is told to the app. */
    close() {
      const event = preventable();
      this.emit('close', event);
      if (event.prevented || this.destroyed) return;
      this.destroyed = true;
      windows.splice(windows.indexOf(this), 1);
      if (FakeWindow.focused === this) FakeWindow.focused = null;
      this.emit('closed');
      if (windows.length === 0) app.emit('window-all-closed');
    }
  }
  class FakeNotification extends EventEmitter {
    static isSupported = () => true;
    show = vi.fn();
    options: { title: string; body: string };
    constructor(options: { title: string; body: string }) {
      super();
      this.options = options;
      notifications.push(this);
    }
  }
  const app = Object.assign(new EventEmitter(), {
    isPackaged: true,
    setPath: vi.fn(),
    setAppUserModelId: vi.fn(),
    requestSingleInstanceLock: vi.fn(() => true),
    enableSandbox: vi.fn(),
    whenReady: () => ready.promise,
    getVersion: () => '1.2.3',
    commandLine: { hasSwitch: vi.fn(() => false) },
    quit: vi.fn(() => void app.emit('before-quit', preventable())),
    exit: vi.fn(),
  });
  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: vi.fn(),
    setPermissionCheckHandler: vi.fn(),
    setDevicePermissionHandler: vi.fn(),
    setDisplayMediaRequestHandler: vi.fn(),
    setSpellCheckerEnabled: vi.fn(),
  });
  return {
    app,
    BrowserWindow: FakeWindow,
    Notification: FakeNotification,
    dialog: {
      showErrorBox: vi.fn(),
      // With a window before the options, or without one.
      showMessageBox: vi.fn(async (..._given: unknown[]) => ({ response: 0 })),
      showOpenDialog: vi.fn(async () => ({ filePaths: [] as string[] })),
      showSaveDialog: vi.fn(async () => ({ filePath: '' })),
    },
    ipcMain: {
      handle: (name: string, handler: (...args: unknown[]) => unknown) => handlers.set(name, handler),
    },
    Menu: {
      setApplicationMenu: vi.fn(),
      buildFromTemplate: (template: (typeof menus)[number]) => void menus.push(template),
    },
    nativeTheme: { themeSource: 'system' },
    powerMonitor: new EventEmitter(),
    powerSaveBlocker: { start: vi.fn(() => 7), stop: vi.fn() },
    protocol: {
      registerSchemesAsPrivileged: vi.fn(),
      handle: (name: string, handler: (request: Request) => Promise<Response>) => schemes.set(name, handler),
    },
    session: { defaultSession: session },
    shell: { openExternal: vi.fn(async () => undefined), openPath: vi.fn() },
    utilityProcess: { fork: vi.fn() },
    /** What the shell has set up, for the test. */
    told: { handlers, schemes, windows, notifications, menus, preventable, ready: () => ready.resolve() },
  };
}
