/** Where the studio's own page lives in the desktop app, and what is not it. Pure, so that it is tested without Electron. */

export const scheme = 'espalier';
const host = 'studio';

/** The address of the page; screens are behind the #. */
export const homeUrl = `${scheme}://${host}/`;

/** Whether an address is the studio's own: exactly its scheme and host, nothing that merely begins like them. */
export function isStudioUrl(address: string): boolean {
  const url = URL.parse(address);
  return (
    url !== null &&
    url.protocol === `${scheme}:` &&
    url.hostname === host &&
    url.port === '' &&
    url.username === '' &&
    url.password === ''
  );
}

/** Whether an address stands for bytes that the studio's own page has made. */
export function isOwnBlob(address: string): boolean {
  return address.startsWith('blob:') && isStudioUrl(address.slice('blob:'.length));
}

/** Whether the page may use a permission of Chromium's: its main frame may put text that is marked as such on the clipboard. */
export function mayUse(permission: string, address: string | undefined, isMainFrame: boolean): boolean {
  return (
    permission === 'clipboard-sanitized-write' && isMainFrame && address !== undefined && isStudioUrl(address)
  );
}

/** What Electron says about the frame that sent a message; null when it is gone. */
export interface SenderFrame {
  readonly url: string;
  readonly parent: unknown;
}

/** Whether a message comes from the main frame of a window that shows the studio. */
export function isStudioFrame(frame: SenderFrame | null): boolean {
  return frame !== null && frame.parent === null && isStudioUrl(frame.url);
}

/** Where links of the studio may lead in the person's browser: papers and this project's pages. */
const linkHosts: ReadonlySet<string> = new Set([
  'arxiv.org',
  'openreview.net',
  'proceedings.mlr.press',
  'proceedings.neurips.cc',
  'papers.nips.cc',
  'doi.org',
  'github.com',
]);

export function isLink(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === 'https:' && url.port === '' && linkHosts.has(url.hostname);
}
