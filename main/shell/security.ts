import { shell } from 'electron';
import type { Session, WebContents } from 'electron';
import { isLink, isOwnBlob, isStudioUrl, mayUse } from './origin.ts';

/**
 * Denies the page every permission but the one that it needs: to put text that is marked as such on the clipboard. Electron's default
 * is to grant. Nothing is downloaded either: files are saved by dialogs, and so is what the page has made itself, a chart as a picture.
 */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl, isMainFrame }) =>
    decide(mayUse(permission, requestingUrl, isMainFrame)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin, { isMainFrame }) =>
    mayUse(permission, origin, isMainFrame),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, decide) => decide(null));
  // Otherwise a dictionary may be fetched.
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event, item) => {
    // Without a path Electron asks the person for one.
    if (!isOwnBlob(item.getURL())) event.preventDefault();
  });
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
