import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { WebSocketServer } from 'ws';
import { api, studioEventSchema } from '../../../main/contract/api.ts';
import type { ApiName, RunSummary, StudioEvent } from '../../../main/contract/api.ts';
import { routes } from '../../../main/contract/bridge.ts';
import type { Reply } from '../../../main/contract/bridge.ts';
import { inputError, toProblem } from '../../../main/contract/errors.ts';
import { renderReport } from '../../../main/engine/report/html.ts';
import { reportPolicy } from '../../../main/serve/csp.ts';
import { reportOf } from './fixture-report.ts';
import { fixtureStudio } from './fixture-studio.ts';
import type { FixtureStudio } from './fixture-studio.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The policy that the program serves the page with. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface FixtureServer {
  readonly url: string;
  readonly studio: FixtureStudio;
  /** Calls that are to fail with this problem from now on; null mends them again. */
  readonly fail: (name: ApiName, error: Error | null) => void;
  /** Breaks or restores the stream of events. */
  readonly cut: (broken: boolean) => void;
  /** Forgets the session, as a studio that was started anew does, or knows it again. */
  readonly forget: (forgotten: boolean) => void;
  readonly close: () => Promise<void>;
}

const body = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
};

/** Serves the built renderer and a studio in memory over the loopback server's routes. Both directions are checked by the contract. */
export async function serveFixture(options: {
  readonly folder: string;
  readonly runs: readonly RunSummary[];
  readonly epochMs?: number;
  readonly port?: number;
}): Promise<FixtureServer> {
  const sockets = new WebSocketServer({ noServer: true });
  const failing = new Map<ApiName, Error>();
  let broken = false;
  let forgotten = false;
  const emit = (event: StudioEvent) => {
    const text = JSON.stringify(studioEventSchema.parse(event));
    for (const socket of sockets.clients) socket.send(text);
  };
  const studio = fixtureStudio({ runs: options.runs, emit, epochMs: options.epochMs ?? 1200 });

  const reply = async (name: string, raw: unknown): Promise<Reply> => {
    try {
      if (!(name in api)) throw inputError('studio/unknown-call', `There is no call ${name}.`);
      const call = name as ApiName;
      const error = failing.get(call);
      if (error !== undefined) throw error;
      const handler = studio.handlers[call] as (args: unknown) => unknown;
      const result = await handler(api[call].args.parse(raw));
      return { ok: true, result: api[call].result.parse(result) };
    } catch (error) {
      return { ok: false, problem: toProblem(error) };
    }
  };

  const serveFile = (response: ServerResponse, path: string) => {
    const file = join(options.folder, normalize(path === '/' ? '/index.html' : path));
    if (!file.startsWith(options.folder) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': policy,
    });
    createReadStream(file).pipe(response);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (forgotten && pathname.startsWith(routes.api)) {
      const { problem } = inputError('serve/session', 'This page is not signed in, or its session is over.');
      response.writeHead(401).end(JSON.stringify({ ok: false, problem }));
    } else if (request.method === 'POST' && pathname.startsWith(routes.api)) {
      const answer = await reply(pathname.slice(routes.api.length), await body(request));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } else if (pathname.startsWith(routes.download)) {
      response
        .writeHead(200, {
          'content-type': 'application/octet-stream',
          'content-disposition': 'attachment; filename="model.onnx"',
        })
        .end('onnx');
    } else if (pathname.startsWith(routes.report)) {
      response
        .writeHead(200, { 'content-type': types['.html'], 'content-security-policy': reportPolicy })
        .end(renderReport(reportOf(studio.handlers['runs.get']({ id: 2 }) as RunSummary)));
    } else serveFile(response, pathname);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.writeHead(500).end());
  });
  server.on('upgrade', (request, socket, head) => {
    if (broken || forgotten) socket.destroy();
    else
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/`,
    studio,
    fail: (name, error) => {
      if (error === null) failing.delete(name);
      else failing.set(name, error);
    },
    forget: (now) => {
      forgotten = now;
      if (now) for (const client of sockets.clients) client.terminate();
    },
    cut: (now) => {
      broken = now;
      if (now) for (const client of sockets.clients) client.terminate();
    },
    close: async () => {
      studio.stop();
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
    },
  };
}
