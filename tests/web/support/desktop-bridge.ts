import type { Page } from 'playwright-core';
import { routes } from '../../../main/contract/bridge.ts';
import { homeUrl, mayUse } from '../../../main/shell/origin.ts';

/** The bridge of a page that was opened as in the desktop app, seen from the test. */
export interface DesktopBridge {
  /** The main process is gone: calls are rejected as Electron rejects them, and no event comes any more. */
  closePipe(): Promise<void>;
}

/** Chromium's permissions, by their names for its debugger and for Electron's handlers. */
const permissions = [
  ['clipboard-write', 'clipboard-sanitized-write'],
  ['clipboard-read', 'clipboard-read'],
  ['notifications', 'notifications'],
  ['geolocation', 'geolocation'],
  ['microphone', 'media'],
] as const;

/**
 * Makes a page one of the desktop app: `window.espalier` is there as the preload script puts it, clones what crosses and refuses what
 * Electron's context bridge refuses; permissions are what the app decides. What carries the calls behind it is the fixture's server.
 */
export async function beDesktop(page: Page, origin: string): Promise<DesktopBridge> {
  await page.addInitScript(bridgeInPage, routes);
  const context = page.context();
  const target = await context.newCDPSession(page);
  const { targetInfo } = await target.send('Target.getTargetInfo');
  const { browserContextId } = targetInfo;
  // Permissions belong to the browser: a page's own session is not heard.
  const debug = await context.browser()?.newBrowserCDPSession();
  for (const [name, permission] of permissions) {
    const setting = mayUse(permission, homeUrl, true) ? 'granted' : 'denied';
    await debug?.send('Browser.setPermission', { origin, permission: { name }, setting, browserContextId });
  }
  // What was set holds as long as this session is attached: as long as the browser.
  return {
    closePipe: () => page.evaluate('globalThis.closePipe()'),
  };
}

/** Runs in the page before its own scripts. */
function bridgeInPage({ api, events }: typeof routes): void {
  let open = true;
  const world = globalThis as unknown as InPage;
  world.closePipe = () => {
    open = false;
  };
  world.espalier = Object.freeze({
    // What cannot be cloned, like one of Vue's proxies, is refused at once, not by the promise.
    call(name: string, args: unknown) {
      const sent = structuredClone(args);
      const reply = async () => {
        if (!open) throw new Error("Error invoking remote method 'studio:call': reply was never sent");
        const response = await fetch(api + name, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(sent),
        });
        return structuredClone(await response.json());
      };
      return reply();
    },
    subscribe(listener: (event: unknown) => void) {
      const socket = new WebSocket(new URL(events, world.location.href.replace(/^http/, 'ws')));
      socket.onmessage = ({ data }) => {
        if (open) listener(structuredClone(JSON.parse(String(data))));
      };
      return () => socket.close();
    },
    // A page's own file has no place; here it has one, as if it had been dropped from there.
    pathOf: async ({ name }: { name: string }) => `/home/ada/${name}`,
  });
}

/** As much of a page as the script above touches. */
interface InPage {
  readonly location: { readonly href: string };
  closePipe: () => void;
  espalier: unknown;
}
