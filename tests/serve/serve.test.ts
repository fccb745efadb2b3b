import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, RequestOptions } from 'node:http';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { noncePlaceholder } from '../../main/serve/csp.ts';
import { serve } from '../../main/serve/serve.ts';
import type { Server } from '../../main/serve/serve.ts';
import { temporaryFolder } from '../support/folder.ts';
import { problemWith } from '../support/problem.ts';
import { sampleRecipe } from '../support/samples.ts';
import { testStudio } from '../support/studio.ts';
import type { TestStudio } from '../support/studio.ts';

const base = temporaryFolder();
const assets = join(base, 'renderer');
let studio: TestStudio;
let server: Server;
let cookie: string;
let origin: string;

beforeAll(async () => {
  mkdirSync(join(assets, 'assets'), { recursive: true });
  writeFileSync(
    join(assets, 'index.html'),
    `<script nonce="${noncePlaceholder}"></script><style nonce="${noncePlaceholder}"></style>`,
  );
  writeFileSync(join(assets, 'assets', 'main-abc.js'), 'run()');
  writeFileSync(join(assets, '.secret.js'), 'hidden');
  writeFileSync(join(base, 'outside.js'), 'outside');
  writeFileSync(join(assets, 'key.pem'), 'of unknown type');
  symlinkSync(join(base, 'outside.js'), join(assets, 'link.js'));
  studio = testStudio(join(base, 'home'));
  server = await serve({ studio, desk: studio.desk, assets });
  origin = `http://127.0.0.1:${server.port}`;
  cookie = await signIn(server);
});
afterAll(async () => {
  await server.close();
  await studio.close();
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** One raw request: fetch would tidy up paths and refuse to set Host and Origin. */
function send(path: string, options: RequestOptions & { body?: string } = {}): Promise<Answer> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.port, path, ...rest }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function signIn(to: Server): Promise<string> {
  const { search } = new URL(to.link());
  const { headers } = await send(`/${search}`, { port: to.port });
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

const get = (path: string, headers: Record<string, string> = {}) =>
  send(path, { headers: { cookie, ...headers } });
const post = (name: string, args: unknown, headers: Record<string, string | undefined> = {}) => {
  const all = { cookie, origin, 'content-type': 'application/json', ...headers };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return send(`/api/${name}`, {
    method: 'POST',
    headers: given as Record<string, string>,
    body: JSON.stringify(args),
  });
};
const codeOf = ({ text }: Answer) => (JSON.parse(text) as { problem?: { code: string } }).problem?.code;

test('a link lets one browser in, once', async () => {
  const path = `/${new URL(server.link()).search}`;
  const first = await send(path);
  expect(first.status).toBe(303);
  expect(first.headers.location).toBe('/');
  const set = first.headers['set-cookie']?.[0] ?? '';
  expect(set).toContain('HttpOnly');
  expect(set).toContain('SameSite=Strict');
  const session = set.split(';')[0] ?? '';
  expect((await send('/', { headers: { cookie: session } })).status).toBe(200);
  const again = await send(path);
  expect(again.status).toBe(403);
  expect(again.headers['set-cookie']).toBeUndefined();
});

test('the page comes with a strict policy and a nonce of its own each time', async () => {
  const [one, two] = [await get('/'), await get('/')];
  const nonce = /nonce-([^']+)'/.exec(one.headers['content-security-policy'] as string)?.[1] ?? '';
  expect(one.text).toBe(`<script nonce="${nonce}"></script><style nonce="${nonce}"></style>`);
  expect(two.text).not.toContain(nonce);
  const policy = one.headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(one.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  const script = await get('/assets/main-abc.js');
  expect(script.text).toBe('run()');
  expect(script.headers['content-type']).toContain('text/javascript');
});

test.each(['/', '/assets/main-abc.js', '/download/x', '/?token=wrong', '/?token='])(
  'without a session there is nothing at %s',
  async (path) => {
    for (const headers of [{}, { cookie: `${cookie.split('=')[0]}=forged` }]) {
      const answer = await send(path, { headers });
      expect([401, 403]).toContain(answer.status);
      expect(answer.text).not.toContain('run()');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  },
);

test('a browser without a session gets a page that says what to do, under the strict policy', async () => {
  for (const [path, status, says] of [
    ['/', 401, 'Open the link of this start'],
    ['/?token=wrong', 403, 'This link cannot be used'],
  ] as const) {
    const { status: given, headers, text } = await send(path);
    expect(given).toBe(status);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain(`<h1>${says}</h1>`);
    const nonce = /nonce-([^']+)'/.exec(headers['content-security-policy'] as string)?.[1];
    expect(text).toContain(`<style nonce="${nonce}">`);
  }
});

test('calls are answered, mistakes told in words', async () => {
  const created = await post('projects.create', { name: 'p' });
  expect(created.status).toBe(200);
  expect(JSON.parse(created.text)).toMatchObject({ ok: true, result: { name: 'p' } });
  expect(codeOf(await post('projects.create', { name: '' }))).toBe('api/invalid-arguments');
  expect(codeOf(await post('projects.explode', null))).toBe('api/unknown');
  expect(codeOf(await post('__proto__', null))).toBe('api/unknown');
  expect(codeOf(await post('projects%2ecreate', { name: 'p' }))).toBe('api/unknown');
  expect((await post('%2e%2e/x', null)).status).toBe(405);
});

test('a call needs the session', async () => {
  const answer = await post('settings.get', null, { cookie: undefined });
  expect([answer.status, codeOf(answer)]).toEqual([401, 'serve/session']);
});

test.each([
  undefined,
  'null',
  'http://evil.example',
  'https://127.0.0.1',
  'http://127.0.0.1:1',
  'http://localhost',
])('a call from a page of origin %s is refused', async (foreign) => {
  const answer = await post('settings.get', null, { origin: foreign });
  expect([answer.status, codeOf(answer)]).toEqual([403, 'serve/origin']);
});

test.each([
  'evil.example',
  `evil.example:1`,
  '127.0.0.1.evil.example',
  'localhost.',
  '',
  '[::2]',
  '127.0.0.2',
])('a request to host %j is refused', async (host) => {
  const headers = { cookie, host, origin: `http://${host}`, 'content-type': 'application/json' };
  const answers = [
    await send('/', { headers, setHost: false }),
    await send('/api/settings.get', { method: 'POST', headers, setHost: false, body: 'null' }),
  ];
  for (const { status } of answers) expect([400, 421]).toContain(status);
});

test('the other end of a tunnel may have another port and say localhost', async () => {
  const headers = { host: 'localhost:9999', origin: 'http://localhost:9999' };
  expect((await get('/', headers)).status).toBe(200);
  expect((await post('settings.get', null, headers)).status).toBe(200);
});

test.each([
  '/../outside.js',
  '/assets/../../outside.js',
  '/..%2foutside.js',
  '/%2e%2e/outside.js',
  '/%2e%2e%2foutside.js',
  '/..%5coutside.js',
  '//etc/hosts.txt',
  '/link.js',
  '/.secret.js',
  '/key.pem',
  '/assets',
  '/absent.js',
  '/%00.js',
  '/%zz.js',
])('%s is not there', async (path) => {
  const answer = await get(path);
  expect(answer.status).toBe(404);
  expect(answer.text).not.toContain('outside');
});

test('bodies are limited, whether or not they say how long they are', async () => {
  const body = JSON.stringify({ name: 'x'.repeat(2_000_000) });
  const headers = { cookie, origin, 'content-type': 'application/json' };
  const told = await send('/api/projects.create', { method: 'POST', headers, body }).catch(() => null);
  const chunked = { ...headers, 'transfer-encoding': 'chunked' };
  const untold = await send('/api/projects.create', { method: 'POST', headers: chunked, body }).catch(
    () => null,
  );
  for (const answer of [told, untold]) {
    // The server may hang up before it has taken everything.
    if (answer !== null) expect([answer.status, codeOf(answer)]).toEqual([413, 'serve/too-large']);
  }
  expect((await studio.ask('projects.list', null)).every(({ name }) => name.length < 300)).toBe(true);
});

test('only JSON is taken, only by POST', async () => {
  expect((await post('settings.get', null, { 'content-type': 'text/plain' })).status).toBe(415);
  const headers = { cookie, origin, 'content-type': 'application/json' };
  const broken = await send('/api/settings.get', { method: 'POST', headers, body: '{' });
  expect([broken.status, codeOf(broken)]).toEqual([400, 'serve/not-json']);
  expect((await get('/api/settings.get')).status).toBe(405);
  expect((await send('/', { method: 'POST', headers: { cookie } })).status).toBe(405);
  expect((await send('/', { method: 'DELETE', headers: { cookie } })).status).toBe(405);
});

test('events reach a page that is signed in, a file can be downloaded once', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/events`, { origin, headers: { cookie } });
  const types: string[] = [];
  socket.on('message', (data: Buffer) => types.push((JSON.parse(data.toString()) as { type: string }).type));
  await once(socket, 'open');
  const { id: projectId } = await studio.ask('projects.create', { name: 'p' });
  const { id } = await studio.ask('runs.start', { projectId, recipe: sampleRecipe({ name: 'finish' }) });
  await studio.event(
    (event) => event.type === 'run' && event.run.id === id && event.run.state === 'finished',
  );
  const [, model] = await studio.ask('artifacts.list', { runId: id });
  const saved = JSON.parse((await post('artifacts.save', { id: model?.id })).text) as {
    result: { url: string };
  };
  const file = await get(saved.result.url);
  expect(file.text).toBe('the model '.repeat(100));
  expect(file.headers).toMatchObject({
    'content-disposition': `attachment; filename="model.onnx"; filename*=UTF-8''model.onnx`,
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
  });
  expect((await get(saved.result.url)).status).toBe(404);
  expect(new Set(types)).toEqual(new Set(['run', 'metrics', 'layers']));
  socket.close();
  await once(socket, 'close');
});

test('a report is shown to who is signed in, without any rights; other files are not shown', async () => {
  const [, model] = await studio.ask('artifacts.list', { runId: 1 });
  expect(codeOf(await post('artifacts.open', { id: model?.id }))).toBe('artifact/not-shown');
  expect((await get(`/report/${model?.id}`)).status).toBe(404);
  expect((await get('/report/1e3')).status).toBe(400);

  const content = Buffer.from('<p>report</p>');
  const artifact = {
    id: 5,
    runId: 1,
    name: 'report.html',
    kind: 'report-html',
    bytes: 13,
    sha256: '',
    measured: null,
  };
  const withReport = { ...studio, artifact: async () => ({ artifact, content }) };
  const other = await serve({ studio: withReport, desk: studio.desk, assets });
  const { url } = (await studio.desk.open(artifact)) as { url: string };
  expect((await send(url, { port: other.port })).status).toBe(401);
  const shown = await send(url, { port: other.port, headers: { cookie: await signIn(other) } });
  expect(shown).toMatchObject({ status: 200, text: '<p>report</p>' });
  expect(shown.headers['content-type']).toBe('text/html; charset=utf-8');
  const policy = shown.headers['content-security-policy'] as string;
  expect(policy.split('; ')).toEqual(expect.arrayContaining(["default-src 'none'", 'sandbox']));
  expect(policy).not.toContain('script');
  await other.close();
});

test.each([
  ['without a session', {}, undefined],
  ['from a foreign page', { origin: 'http://evil.example' }, 'session'],
  ['without an origin', { origin: undefined }, 'session'],
  ['by another name', { headers: { host: 'evil.example' }, origin: 'http://evil.example' }, 'session'],
])('no events %s', async (_, options, session) => {
  const headers = {
    ...(session === undefined ? {} : { cookie }),
    ...('headers' in options ? options.headers : {}),
  };
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/events`, { origin, ...options, headers });
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toContain('403');
});

test('a page that talks too much on the stream is cut off', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/events`, { origin, headers: { cookie } });
  await once(socket, 'open');
  socket.send('x'.repeat(10_000));
  await once(socket, 'close');
});

test('nothing listens on the outer addresses of the machine', async ({ skip }) => {
  const outer = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal);
  if (outer === undefined) return skip('this machine has no outer address');
  await expect(send('/', { host: outer.address })).rejects.toThrow(/ECONNREFUSED/);
});

test('two servers do not share sessions', async () => {
  const home = join(base, 'second');
  const own = testStudio(home);
  const second = await serve({ studio: own, desk: own.desk, assets });
  expect((await send('/', { port: second.port, headers: { cookie } })).status).toBe(401);
  const other = await signIn(second);
  expect((await send('/', { port: second.port, headers: { cookie: `${cookie}; ${other}` } })).status).toBe(
    200,
  );
  await second.close();
  await own.close();
});

test('a port that is taken and screens that were not built are told', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  await expect(serve({ studio, desk: studio.desk, assets, port })).rejects.toEqual(
    problemWith({ code: 'serve/port-taken', kind: 'input' }),
  );
  taken.close();
  await expect(serve({ studio, desk: studio.desk, assets: base })).rejects.toEqual(
    problemWith({ code: 'serve/not-built' }),
  );
});
