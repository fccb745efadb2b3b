import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket as Socket } from 'ws';
import type { StudioEvent } from '../../../main/contract/api.ts';
import { serve } from '../../../main/serve/serve.ts';
import type { Server } from '../../../main/serve/serve.ts';
import { createClient } from '../../../renderer/bridge/client.ts';
import { httpTransport } from '../../../renderer/bridge/http.ts';
import type { ConnectionStatus } from '../../../renderer/bridge/transport.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { sampleRecipe } from '../../support/samples.ts';
import { testStudio } from '../../support/studio.ts';
import type { TestStudio } from '../../support/studio.ts';

const base = temporaryFolder();
const assets = join(base, 'renderer');
let studio: TestStudio;
let server: Server;

/** What a browser does by itself: it keeps the cookie and names the origin. */
function beBrowser(origin: string, cookie: string): void {
  const bare = globalThis.fetch;
  vi.stubGlobal('fetch', (url: URL, init: RequestInit) =>
    bare(url, { ...init, headers: { ...(init.headers as Record<string, string>), cookie, origin } }),
  );
  vi.stubGlobal(
    'WebSocket',
    class extends Socket {
      constructor(url: URL) {
        super(url, { origin, headers: { cookie } });
        this.on('error', () => undefined);
      }
    },
  );
}

async function signIn(): Promise<string> {
  const { headers } = await fetch(server.link(), { redirect: 'manual' });
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
  const origin = `http://127.0.0.1:${server.port}`;
  beBrowser(origin, cookie);
  return `${origin}/#/runs`;
}

beforeAll(async () => {
  mkdirSync(assets);
  writeFileSync(join(assets, 'index.html'), '<title>t</title>');
  studio = testStudio(join(base, 'home'));
  server = await serve({ studio, desk: studio.desk, assets });
});
afterEach(() => void vi.unstubAllGlobals());
afterAll(async () => {
  await server.close();
  await studio.close();
});

const reached = (list: ConnectionStatus[], status: ConnectionStatus) =>
  vi.waitFor(() => expect(list.at(-1)).toBe(status), { timeout: 5_000 });

test('calls, events and problems cross a real server', async () => {
  const client = createClient(httpTransport(await signIn()));
  const events: StudioEvent[] = [];
  const statuses: ConnectionStatus[] = [];
  const stops = [
    client.on((event) => events.push(event)),
    client.onStatus((status) => statuses.push(status)),
  ];
  await reached(statuses, 'connected');
  const { id: projectId } = await client.call('projects.create', { name: 'p' });
  const run = await client.call('runs.start', { projectId, recipe: sampleRecipe({ name: 'finish' }) });
  await vi.waitFor(
    () =>
      expect(
        events.some(
          (event) => event.type === 'run' && event.run.id === run.id && event.run.state === 'finished',
        ),
      ).toBe(true),
    { timeout: 20_000 },
  );
  expect((await client.call('runs.report', { id: run.id }))?.verdict).toBe('Ten times smaller.');
  await expect(client.call('runs.get', { id: 999 })).rejects.toEqual(problemWith({ code: 'run/missing' }));
  for (const stop of stops) stop();
});

test('a broken stream is tried again until it is back', async () => {
  const page = await signIn();
  const client = createClient(httpTransport(page));
  const statuses: ConnectionStatus[] = [];
  const stop = client.onStatus((status) => statuses.push(status));
  await reached(statuses, 'connected');
  const { port } = server;
  await server.close();
  await reached(statuses, 'lost');
  await expect(client.call('settings.get', null)).rejects.toEqual(
    problemWith({ code: 'studio/unreachable' }),
  );

  server = await serve({ studio, desk: studio.desk, assets, port });
  await reached(statuses, 'refused');
  await expect(client.call('settings.get', null)).rejects.toEqual(problemWith({ code: 'serve/session' }));
  vi.unstubAllGlobals();
  await signIn();
  await reached(statuses, 'connected');
  expect(await client.call('settings.get', null)).toMatchObject({ theme: 'system' });
  stop();
});
