import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { isInside } from '../files/confine.ts';
import { contentSecurityPolicy, newNonce, noncePlaceholder } from './csp.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

export interface Asset {
  readonly content: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** The file below `folder` that a URL's path names, or null: nothing outside, nothing hidden, no unknown type. */
async function locateAsset(folder: string, urlPath: string): Promise<string | null> {
  let name: string;
  try {
    name = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (/[\0\\:]/.test(name) || name.split('/').some((part) => part.startsWith('.'))) return null;
  const path = join(folder, name === '/' ? 'index.html' : name);
  if (types[extname(path)] === undefined || !isInside(folder, path)) return null;
  try {
    const real = await realpath(path);
    return isInside(await realpath(folder), real) && (await stat(real)).isFile() ? real : null;
  } catch {
    return null;
  }
}

/** The studio's built page and its parts, for the loopback server and the desktop app's scheme alike; null: not there. */
export async function readAsset(folder: string, urlPath: string): Promise<Asset | null> {
  const path = await locateAsset(folder, urlPath);
  if (path === null) return null;
  const content = await readFile(path);
  const type = types[extname(path)] ?? 'application/octet-stream';
  if (extname(path) !== '.html') {
    // The build puts a hash of the content into the names below assets/.
    const lasting = /(^|\/)assets\//.test(urlPath);
    return {
      content,
      headers: {
        'content-type': type,
        'cache-control': lasting ? 'private, max-age=31536000, immutable' : 'no-cache',
      },
    };
  }
  const nonce = newNonce();
  return {
    content: Buffer.from(content.toString('utf8').replaceAll(noncePlaceholder, nonce)),
    headers: {
      'content-type': type,
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy(nonce),
    },
  };
}
