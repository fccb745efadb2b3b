import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { routes } from '../contract/bridge.ts';
import { EspalierError, inputError, runError, toProblem } from '../contract/errors.ts';
import { systemCode } from '../files/problems.ts';
import { isReport } from '../ipc/desk.ts';
import type { BrowserDesk } from '../ipc/desk.ts';
import type { Studio } from '../studio.ts';
import { readAsset } from './assets.ts';
import { reportPolicy } from './csp.ts';
import { Door } from './door.ts';
import { Events } from './events.ts';
import { openBrowser } from './open-browser.ts';
import { refusePage } from './refusal-page.ts';
import { cookieOf, isLoopbackHost, isSameOrigin, readJsonBody } from './request.ts';
import { attachment, refuse, refuseCall, respond, respondStream } from './respond.ts';

export interface ServeOptions {
  readonly studio: Studio;
  /** The desk that the studio was opened with: it knows the addresses of downloads. */
  readonly desk: BrowserDesk;
  /** The built renderer, with index.html. */
  readonly assets: string;
  /** 0 takes any free one. */
  readonly port?: number;
  /** Opens the link in the person's browser. */
  readonly open?: boolean;
}

export interface Server {
  readonly port: number;
  /** An address that lets one browser in, once. */
  link(): string;
  close(): Promise<void>;
}

/**
 * Serves the studio to browsers on this machine: on the loopback address only, to whoever opens a link with a one-time
 * token, and to no page but its own. Ending the server does not end the studio.
 * @throws EspalierError 'serve/port-taken', 'serve/not-built'
 */
export async function serve({ studio, desk, assets, port = 0, open = false }: ServeOptions): Promise<Server> {
  if ((await readAsset(assets, '/')) === null) {
    throw runError('serve/not-built', 'The screens have not been built.', {
      file: assets,
      remedy: 'Run npm run build.',
    });
  }
  const door = new Door();
  const events = new Events();
  let actualPort = port;
  const cookieName = () => `espalier-${actualPort}`;
  const admitted = ({ headers }: IncomingMessage) => door.admits(cookieOf(headers, cookieName()));

  const enter = (response: ServerResponse, token: string) => {
    const session = door.enter(token);
    if (session === null) {
      return refusePage(response, 403, usedLink);
    }
    respond(response, 303, {
      location: '/',
      'set-cookie': `${cookieName()}=${session}; HttpOnly; SameSite=Strict; Path=/`,
    });
  };

  const call = async (request: IncomingMessage, response: ServerResponse, name: string) => {
    if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
      return refuseCall(response, 415, inputError('serve/not-json', 'The call is not JSON.').problem);
    }
    const reply = await studio.call(name, await readJsonBody(request));
    respond(response, 200, { 'content-type': 'application/json; charset=utf-8' }, JSON.stringify(reply));
  };

  const download = async (response: ServerResponse, id: string) => {
    const taken = desk.take(id);
    if (taken === null) return refuse(response, 404, 'This download was used already. Start it again.');
    if (typeof taken !== 'number')
      return respondStream(response, attachment(basename(taken.name)), taken.content());
    const { artifact, content } = await studio.artifact(taken);
    respond(response, 200, attachment(basename(artifact.name)), content);
  };

  const show = async (response: ServerResponse, id: string) => {
    const { artifact, content } = await studio.artifact(/^\d{1,15}$/.test(id) ? Number(id) : 0);
    if (!isReport(artifact)) return refuse(response, 404, 'There is no such report.');
    const type = { 'content-type': 'text/html; charset=utf-8' };
    respond(response, 200, { ...type, 'content-security-policy': reportPolicy }, content);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (!isLoopbackHost(request.headers.host)) {
      return refuse(response, 421, 'The studio only answers on localhost.');
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const isCall = url.pathname.startsWith(routes.api);
    if (request.method !== (isCall ? 'POST' : 'GET'))
      return refuse(response, 405, 'The studio does not do that.');
    const token = url.searchParams.get('token');
    if (url.pathname === '/' && token !== null) return enter(response, token);
    if (!admitted(request)) {
      if (isCall) return refuseCall(response, 401, sessionOver);
      return refusePage(response, 401, noSession);
    }
    if (isCall) {
      if (!isSameOrigin(request.headers)) return refuseCall(response, 403, foreignPage);
      return call(request, response, url.pathname.slice(routes.api.length));
    }
    if (url.pathname.startsWith(routes.download)) {
      return download(response, url.pathname.slice(routes.download.length));
    }
    if (url.pathname.startsWith(routes.report)) {
      return show(response, url.pathname.slice(routes.report.length));
    }
    const asset = await readAsset(assets, url.pathname);
    if (asset === null) return refuse(response, 404, 'There is no such page.');
    respond(response, 200, asset.headers, asset.content);
  };

  const server = createServer({ maxHeaderSize: 16 * 1024 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      const problem = toProblem(error);
      const status = problem.code === 'serve/too-large' ? 413 : error instanceof EspalierError ? 400 : 500;
      refuseCall(response, status, problem);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const welcome =
      isLoopbackHost(request.headers.host) &&
      isSameOrigin(request.headers) &&
      admitted(request) &&
      request.url === routes.events;
    if (welcome) return events.accept(request, socket, head);
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });

  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    if (systemCode(error) !== 'EADDRINUSE' && systemCode(error) !== 'EACCES') throw error;
    throw inputError('serve/port-taken', `Port ${port} cannot be used.`, {
      field: '--port',
      remedy: 'Choose another, or none.',
    });
  });
  actualPort = (server.address() as AddressInfo).port;
  const unsubscribe = studio.subscribe((event) => events.send(event));
  const link = () => `http://127.0.0.1:${actualPort}/?token=${door.issueToken()}`;
  if (open) openBrowser(link());

  return {
    port: actualPort,
    link,
    async close() {
      unsubscribe();
      events.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const sessionOver = inputError('serve/session', 'This page is not signed in, or its session is over.', {
  remedy: 'Open the link that espalier serve printed when it was started last.',
}).problem;

const noSession = {
  title: 'Open the link of this start',
  text: 'This browser is not signed in here. Either it has not been let in yet, or Espalier was started anew, and then earlier sessions are over. Runs and settings are kept.',
};

const usedLink = {
  title: 'This link cannot be used',
  text: 'It was used already, or it is of an earlier start of Espalier. Stop Espalier and start it again for a new one: runs that are at work can be resumed then.',
};

const foreignPage = inputError('serve/origin', 'A page from elsewhere may not use the studio.').problem;
