import { expect, test, vi } from 'vitest';
import type { StudioEvent } from '../../../main/contract/api.ts';
import { EspalierError } from '../../../main/contract/errors.ts';
import { NOWHERE } from '../../../main/contract/executors.ts';
import { createClient } from '../../../renderer/bridge/client.ts';
import { preloadTransport } from '../../../renderer/bridge/preload.ts';
import type { ConnectionStatus, Transport } from '../../../renderer/bridge/transport.ts';
import { problemWith } from '../../support/problem.ts';

function transportThat(answer: unknown) {
  const opened: { event: (raw: unknown) => void; status: (status: ConnectionStatus) => void }[] = [];
  const close = vi.fn();
  const call = vi.fn(async () => answer);
  const transport: Transport = {
    call,
    connect(event, status) {
      opened.push({ event, status });
      return close;
    },
  };
  return { transport, opened, close, call };
}

const line = { at: 'now', level: 'info', text: 't' } as const;
const event: StudioEvent = { type: 'log', runId: 1, line };

test('a result is checked and given', async () => {
  const settings = { theme: 'dark', device: 'cpu', checkpointDays: 7, elsewhere: NOWHERE };
  const { transport, call } = transportThat({ ok: true, result: settings });
  expect(await createClient(transport).call('settings.get', null)).toEqual(settings);
  expect(call).toHaveBeenCalledWith('settings.get', null);
});

test('a problem is thrown as the error that it was', async () => {
  const problem = { code: 'a/b', message: 'm', file: 'f', field: 'g', remedy: 'r', kind: 'input' };
  const client = createClient(transportThat({ ok: false, problem }).transport);
  const error = await client.call('settings.get', null).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EspalierError);
  expect((error as EspalierError).problem).toEqual(problem);
});

test.each([
  undefined,
  'ok',
  { ok: true },
  { ok: true, result: { theme: 'pink' } },
  { ok: false },
  { ok: 1, result: 1 },
])('an answer that does not fit is refused: %j', async (answer) => {
  const call = createClient(transportThat(answer).transport).call('settings.get', null);
  await expect(call).rejects.toEqual(problemWith({ code: 'studio/malformed' }));
});

test('one stream serves all listeners, opens with the first and closes with the last', () => {
  const { transport, opened, close } = transportThat(null);
  const client = createClient(transport);
  expect(opened).toHaveLength(0);
  const [one, two, status] = [vi.fn(), vi.fn(), vi.fn()];
  const stops = [client.on(one), client.on(two), client.onStatus(status)];
  expect(opened).toHaveLength(1);
  expect(status.mock.calls).toEqual([['connecting']]);

  opened[0]?.status('connected');
  opened[0]?.status('connected');
  opened[0]?.status('lost');
  expect(status.mock.calls).toEqual([['connecting'], ['connected'], ['lost']]);
  expect(client.status).toBe('lost');

  opened[0]?.event(event);
  opened[0]?.event({ type: 'from-the-future' });
  opened[0]?.event({ ...event, runId: 'one' });
  expect(one.mock.calls).toEqual([[event]]);
  expect(two.mock.calls).toEqual([[event]]);

  stops[0]?.();
  opened[0]?.event(event);
  expect(one).toHaveBeenCalledTimes(1);
  expect(two).toHaveBeenCalledTimes(2);
  stops[1]?.();
  expect(close).not.toHaveBeenCalled();
  stops[2]?.();
  expect(close).toHaveBeenCalledTimes(1);
  client.on(one);
  expect(opened).toHaveLength(2);
});

test('the preload form passes calls and events through and is connected at once', async () => {
  let listener: ((event: unknown) => void) | null = null;
  const client = createClient(
    preloadTransport({
      call: async (name, args) => ({
        ok: true,
        result: [{ id: 1, name: `${name} ${String(args)}`, createdAt: '', runs: 0 }],
      }),
      subscribe(given) {
        listener = given;
        return () => (listener = null);
      },
    }),
  );
  expect((await client.call('projects.list', null))[0]?.name).toBe('projects.list null');
  const heard = vi.fn();
  const stop = client.on(heard);
  expect(client.status).toBe('connected');
  (listener as unknown as (event: unknown) => void)(event);
  expect(heard).toHaveBeenCalledWith(event);
  stop();
  expect(listener).toBeNull();
});
