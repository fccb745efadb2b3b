import { randomBytes } from 'node:crypto';
import type { ApiResult, Artifact, Settings } from '../contract/api.ts';
import { routes } from '../contract/bridge.ts';

/** A file that is made while it is taken away. */
export interface NamedStream {
  readonly name: string;
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** What differs between the desktop app and a browser: dialogs, and how a file gets to the person. */
export interface Desk {
  readonly shell: ApiResult<'app.info'>['shell'];
  pick(what: 'file' | 'folder', title: string): Promise<ApiResult<'files.pick'>>;
  save(artifact: Artifact, content: () => Promise<Uint8Array>): Promise<ApiResult<'artifacts.save'>>;
  /** The same for what is written as it is read. */
  saveStream(stream: NamedStream): Promise<ApiResult<'artifacts.save'>>;
  /** Shows a report (`isReport`) beside the studio. */
  open(report: Artifact, content: () => Promise<Uint8Array>): Promise<ApiResult<'artifacts.open'>>;
  /** Opens a folder in the system's file manager, where there is one: tells whether it did. */
  show(folder: string): Promise<boolean>;
  /** Gives what is outside of the page the theme that the person chose. */
  look(theme: Settings['theme']): void;
}

/** Whether a file is a page to read, and so may be shown; all others are only ever saved. */
export const isReport = ({ kind }: Artifact): boolean => kind === 'report-html';

/** A download's address works once, and not for long. */
const lifetimeMs = 60_000;

/** A browser's desk: no dialogs, and files by one-time addresses. */
export class BrowserDesk implements Desk {
  readonly shell = 'browser';
  private readonly downloads = new Map<string, { what: number | NamedStream; expires: number }>();

  async pick(): Promise<ApiResult<'files.pick'>> {
    return { native: false, path: null };
  }

  async save(artifact: Artifact): Promise<ApiResult<'artifacts.save'>> {
    return this.offer(artifact.id);
  }

  async saveStream(stream: NamedStream): Promise<ApiResult<'artifacts.save'>> {
    return this.offer(stream);
  }

  private offer(what: number | NamedStream): ApiResult<'artifacts.save'> {
    const now = Date.now();
    for (const [id, { expires }] of this.downloads) if (expires <= now) this.downloads.delete(id);
    const id = randomBytes(24).toString('base64url');
    this.downloads.set(id, { what, expires: now + lifetimeMs });
    return { how: 'download', url: `${routes.download}${id}` };
  }

  /** A page that can be read again, or kept open: its address works for as long as the session. */
  async open({ id }: Artifact): Promise<ApiResult<'artifacts.open'>> {
    return { how: 'address', url: `${routes.report}${id}` };
  }

  /** A page in a browser can tell a folder's path, no more. */
  async show(): Promise<boolean> {
    return false;
  }

  /** A browser's own dialogs and menus follow the browser. */
  look(): void {}

  /** What a download's address stands for, an artifact's id or a stream; null when it was used, is too old, or never was one. */
  take(id: string): number | NamedStream | null {
    const download = this.downloads.get(id);
    this.downloads.delete(id);
    return download !== undefined && download.expires > Date.now() ? download.what : null;
  }
}
