import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../main/engine/base/random.ts';
import { api } from '../../main/contract/api.ts';
import { Studio } from './program.ts';
import type { Suite } from './tally.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request as it stands: no tidied paths, any headers. */
function send(
  port: number,
  {
    path,
    method = 'GET',
    headers = {},
    body,
  }: { path: string; method?: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
    request.setTimeout(20_000, () => request.destroy(new Error('no answer in 20 s')));
    request.end(body);
  });
}

const pick = <T>(list: readonly T[], random: Random): T => list[random.int(list.length)] as T;
const names = Object.keys(api);

/** A read-only call that a page with a session gets an answer to within two seconds. */
async function answers(studio: Studio): Promise<string | null> {
  const start = performance.now();
  await studio.ask('settings.get', null);
  const ms = performance.now() - start;
  return ms < 2000 ? null : `a sound call took ${Math.round(ms)} ms`;
}

/** The loopback server under attack, one studio for all trials of a kind. */
export function attacks(scratch: string, asked: number): Suite[] {
  const home = join(scratch, 'attacked');
  const secret = join(scratch, 'secret');
  const of = (
    id: string,
    label: string,
    trial: (studio: Studio, random: Random) => Promise<string | null>,
    count = asked,
  ): Suite => ({
    id: `server-${id}`,
    label: `server: ${label}`,
    asked: count,
    async *trials(from) {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(join(home, 'root'), { recursive: true });
      mkdirSync(secret, { recursive: true });
      writeFileSync(join(secret, 'secret.csv'), 'TOP-SECRET,1\n');
      writeFileSync(join(secret, 'secret.onnx'), 'TOP-SECRET');
      symlinkSync(secret, join(home, 'root', 'link'));
      const studio = await Studio.start(join(home, 'data'), [join(home, 'root')]);
      try {
        for (let n = from; ; n++) {
          const problem = await trial(studio, Random.from(n, id)).catch(String);
          yield { problem: problem ?? (await answers(studio).catch(String)) };
        }
      } finally {
        await studio.close();
      }
    },
  });
  const call = (
    studio: Studio,
    headers: Record<string, string>,
    name: string,
    body: string | Buffer = 'null',
  ) =>
    send(studio.port, {
      path: `/api/${name}`,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  const own = ({ cookie, port }: Studio) => ({ cookie, origin: `http://127.0.0.1:${port}` });
  const wanted = (found: number, ...statuses: number[]): string | null =>
    statuses.includes(found) ? null : `answered ${found}`;

  return [
    of(
      'no-session',
      'calls, pages and downloads without a session or with a forged one',
      async (studio, random) => {
        const forged = `${studio.cookie.split('=')[0]}=${pick(['', 'x', studio.cookie.slice(-10), 'A'.repeat(32)], random)}`;
        const headers: Record<string, string> = random.int(2) === 0 ? {} : { cookie: forged };
        if (random.int(2) === 0) {
          return wanted(
            (await call(studio, { ...headers, origin: own(studio).origin }, pick(names, random))).status,
            401,
          );
        }
        const path = pick(
          ['/', '/index.html', '/download/1', '/assets/x.js', '/?token=', `/?token=${'a'.repeat(32)}`],
          random,
        );
        return wanted((await send(studio.port, { path, headers })).status, 401, 403);
      },
    ),
    of('foreign', 'foreign Origin and Host', async (studio, random) => {
      const evil = pick(
        [
          'http://evil.example',
          'null',
          `http://127.0.0.1:${studio.port + 1}`,
          `https://127.0.0.1:${studio.port}`,
          `http://localhost:${studio.port}`,
          '',
        ],
        random,
      );
      if (random.int(2) === 0) {
        return wanted(
          (await call(studio, { cookie: studio.cookie, origin: evil }, pick(names, random))).status,
          403,
        );
      }
      const host = pick(
        [
          'evil.example',
          `evil.example:${studio.port}`,
          '127.0.0.1.evil.example',
          '127.0.0.1@evil.example',
          '[::1',
          '0.0.0.0',
          '2130706433',
        ],
        random,
      );
      return wanted(
        (await call(studio, { ...own(studio), host, origin: `http://${host}` }, pick(names, random))).status,
        421,
      );
    }),
    of('traversal', 'paths out of the screens’ folder', async (studio, random) => {
      const up = pick(['..', '%2e%2e', '%2e.', '..%5c', '..%2f', '....//', '%c0%ae%c0%ae', '..%00'], random);
      const path = `/${pick(['', 'assets/', 'assets//', './'], random)}${`${up}/`.repeat(1 + random.int(9))}${pick(['etc/passwd', 'package.json', 'main/cli.js', 'out/main/cli.js'], random)}`;
      const { status, text } = await send(studio.port, { path, headers: { cookie: studio.cookie } });
      if (/root:|"name": "espalier"|runCli/.test(text)) return `${path} gave a file`;
      return wanted(status, 400, 404);
    }),
    of(
      'roots',
      'files outside the folders that may be read',
      async (studio, random) => {
        const root = join(home, 'root');
        const inside = pick(['secret.csv', 'secret.onnx', ''], random);
        const path = pick(
          [
            join(secret, inside),
            join(root, 'link', inside),
            `${root}/../../secret/${inside}`,
            '/etc',
            '/etc/passwd',
            '/proc/self/environ',
            '../../secret/secret.csv',
            `file://${secret}/${inside}`,
          ],
          random,
        );
        const [name, args] = pick<[string, unknown]>(
          [
            ['files.list', { folder: path }],
            [
              'networks.inspect',
              { network: `${path}${path.endsWith('/') ? 'secret.onnx' : ''}`, data: null },
            ],
            ['data.inspect', { data: { kind: 'csv', path } }],
            ['data.inspect', { data: { kind: 'images', path } }],
          ],
          random,
        );
        const { status, text } = await call(studio, own(studio), name, JSON.stringify(args));
        if (/TOP-SECRET|root:x|secret\.(csv|onnx)"/.test(text) && !text.includes('"ok":false'))
          return `${name} read ${path}: ${text.slice(0, 200)}`;
        if (text.includes('TOP-SECRET')) return `${name} told what ${path} holds`;
        return text.includes('"ok":false') ? wanted(status, 200, 400) : `${name} answered for ${path}`;
      },
      Math.min(asked, 200),
    ),
    of('bodies', 'bodies too large, cut short, or no JSON', async (studio, random) => {
      const kind = random.int(5);
      const name = pick(
        names.filter((key) => key.endsWith('.get') || key.endsWith('.list')),
        random,
      );
      if (kind === 0)
        return wanted(
          (
            await call(studio, own(studio), name, Buffer.alloc(1024 * 1024 + 1 + random.int(1e6), 32)).catch(
              closed,
            )
          ).status,
          413,
          0,
        );
      if (kind === 1)
        return wanted(
          (
            await call(
              studio,
              own(studio),
              name,
              pick(['{', '', 'null', '[]', '"x"', '\u0000', '{"__proto__":1}', '['.repeat(100_000)], random),
            )
          ).status,
          200,
          400,
        );
      if (kind === 2)
        return wanted(
          (await call(studio, { ...own(studio), 'content-type': 'text/plain' }, name)).status,
          415,
        );
      if (kind === 3)
        return wanted(
          (
            await call(
              studio,
              own(studio),
              pick(['__proto__', 'constructor', 'runs', '..', 'a'.repeat(5000), 'runs.start'], random),
            )
          ).status,
          200,
          400,
          404,
          405,
        );
      const length = pick(['-1', '1e9', '99999999999', 'x'], random);
      const text = await raw(
        studio,
        `POST /api/${name} HTTP/1.1\r\nHost: 127.0.0.1:${studio.port}\r\nCookie: ${studio.cookie}\r\nOrigin: ${own(studio).origin}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n{}`,
      );
      return /^HTTP\/1\.1 (4\d\d)/.test(text)
        ? null
        : `a length of ${length} was answered ${text.slice(0, 40)}`;
    }),
    of('garbage', 'what is no HTTP', async (studio, random) => {
      const line = pick(
        [
          'GET / HTTP/9.9',
          'GET',
          '\u0000\u0001\u0002',
          `GET /${'a'.repeat(20_000)} HTTP/1.1`,
          'TRACE / HTTP/1.1',
          'CONNECT evil.example:80 HTTP/1.1',
          `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(20_000)}`,
          'GET http://evil.example/ HTTP/1.1\r\nHost: evil.example',
          'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3',
        ],
        random,
      );
      const text = await raw(studio, `${line}\r\n\r\n`);
      return /^(HTTP\/1\.1 4\d\d|$)/.test(text) ? null : `answered ${text.slice(0, 60)}`;
    }),
    of(
      'slow',
      'two hundred connections that send a byte now and then',
      async (studio, random) => {
        const start = `POST /api/settings.get HTTP/1.1\r\nHost: 127.0.0.1:${studio.port}\r\nCookie: ${studio.cookie}\r\nOrigin: ${own(studio).origin}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
        const sockets = Array.from({ length: 200 }, () => opened(studio.port));
        for (const socket of sockets) socket.write(start.slice(0, 10 + random.int(start.length)));
        for (let i = 0; i < 5; i++) {
          await delay(100);
          for (const socket of sockets) socket.write(' ');
          const late = await answers(studio);
          if (late !== null) return late;
        }
        for (const socket of sockets) socket.destroy();
        return null;
      },
      Math.min(asked, 20),
    ),
    of(
      'flood',
      'a thousand calls at once',
      async (studio) => {
        const found = await Promise.all(
          Array.from({ length: 1000 }, (_, i) =>
            call(studio, i % 2 === 0 ? own(studio) : {}, 'settings.get').catch(closed),
          ),
        );
        const wrong = found.find(({ status }, i) => status !== (i % 2 === 0 ? 200 : 401) && status !== 0);
        const lost = found.filter(({ status }) => status === 0).length;
        if (wrong !== undefined) return `answered ${wrong.status}`;
        return lost === 0 ? null : `${lost} of 1000 were not answered`;
      },
      Math.min(asked, 20),
    ),
  ];
}

/** The server may close the connection on who goes on sending. */
const closed = (): Answer => ({ status: 0, headers: {}, text: '' });

function opened(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

/** What the server says to these bytes until it closes, or for three seconds. */
function raw(studio: Studio, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = opened(studio.port);
    let said = '';
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
    socket.on('close', () => resolve(said));
    socket.setTimeout(3000, () => socket.destroy());
    socket.write(text);
  });
}
