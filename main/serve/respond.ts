import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Problem } from '../contract/errors.ts';
import { contentSecurityPolicy, newNonce, securityHeaders } from './csp.ts';

/** Sends a complete answer. */
export function respond(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  content: string | Uint8Array = '',
): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    'content-security-policy': contentSecurityPolicy(newNonce()),
    ...securityHeaders,
    ...headers,
    'content-length': Buffer.byteLength(content),
  });
  response.end(content);
}

/** The head of a file that is to be saved, never shown. */
export function attachment(name: string): Record<string, string> {
  const plain = name.replaceAll(/[^\w.+-]/g, '_');
  return {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    'content-security-policy': "default-src 'none'; sandbox",
  };
}

/** Sends what is made as it is sent. Where that fails on the way, the connection breaks, so that nobody takes the part for all. */
export async function respondStream(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  response.writeHead(200, { 'cache-control': 'no-store', ...securityHeaders, ...headers });
  await pipeline(content, response);
}

/** Refuses with a sentence that a person may read in the browser. */
export function refuse(response: ServerResponse, status: number, sentence: string): void {
  // What was not read of the request is not waited for.
  response.shouldKeepAlive = false;
  respond(response, status, { 'content-type': 'text/plain; charset=utf-8' }, `${sentence}\n`);
}

/** Refuses a call in the form in which calls are answered. */
export function refuseCall(response: ServerResponse, status: number, problem: Problem): void {
  response.shouldKeepAlive = false;
  respond(
    response,
    status,
    { 'content-type': 'application/json; charset=utf-8' },
    JSON.stringify({ ok: false, problem }),
  );
}
