import { shell } from 'electron';
import type { Session, WebContents } from 'electron';
import { isLink, isStudioUrl } from './origin.ts';

/** Denies the page every permission there is: the studio needs none. Electron's default is to grant. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, decide) => decide({}));
}

/** Keeps a page where it is: no other page, no window, no embedded page. Links to papers open in the person's browser. */
export function confineContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isStudioUrl(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isStudioUrl(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (isLink(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
}
