import type { IncomingMessage } from 'node:http';
import { inputError } from '../contract/errors.ts';

/** The largest body of a call; recipes are small. */
const bodyLimit = 1024 * 1024;

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Whether the request was addressed to this machine by a loopback name. Another name that leads here is a DNS rebinding.
 * The port may differ: the other end of a tunnel chooses its own.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  const match = /^(\[[^\]]*\]|[^:]*)(:\d{1,5})?$/.exec(host ?? '');
  return match?.[1] !== undefined && loopbackNames.has(match[1].toLowerCase());
}

/** Whether a page that this server served has sent the request. Browsers always name the origin of POSTs and WebSockets. */
export function isSameOrigin(headers: IncomingMessage['headers']): boolean {
  return headers.origin !== undefined && headers.origin === `http://${headers.host}`;
}

/** A cookie's value, or null. */
export function cookieOf(headers: IncomingMessage['headers'], name: string): string | null {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value !== undefined) return value;
  }
  return null;
}

/**
 * Reads a JSON body.
 * @throws EspalierError 'serve/too-large' beyond the limit, 'serve/not-json'
 */
export async function readJsonBody(request: IncomingMessage, limit = bodyLimit): Promise<unknown> {
  const tooLarge = () => inputError('serve/too-large', `The call is larger than ${limit} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw inputError('serve/not-json', 'The call is not JSON.');
  }
}
