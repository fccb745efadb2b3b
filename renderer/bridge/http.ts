import { routes } from '../../main/contract/bridge.ts';
import { runError } from '../../main/contract/errors.ts';
import type { Transport } from './transport.ts';

const firstRetryMs = 250;
const lastRetryMs = 8_000;

/** A server that does not answer at all, at the end of a broken tunnel for one, is not waited for longer. */
const probeMs = 3_000;

const send = (page: string, name: string, args: unknown, signal?: AbortSignal): Promise<Response> =>
  fetch(new URL(`${routes.api}${name}`, page), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(args),
    credentials: 'same-origin',
    ...(signal && { signal }),
  });

/** Whether the studio answers, and turns this page away. A WebSocket that was refused does not tell that from silence. */
async function turnedAway(page: string): Promise<boolean> {
  const response = await send(page, 'app.info', null, AbortSignal.timeout(probeMs)).catch(() => null);
  return response !== null && (response.status === 401 || response.status === 403);
}

async function post(page: string, name: string, args: unknown): Promise<unknown> {
  const response = await send(page, name, args).catch((cause: unknown) => {
    throw runError(
      'studio/unreachable',
      'The studio does not answer.',
      { remedy: 'See whether `espalier serve` still runs.' },
      cause,
    );
  });
  // Every answer of the studio is JSON, refusals too; anything else comes from something between it and this page.
  return response.json().catch((cause: unknown) => {
    throw runError(
      'studio/unreachable',
      `The studio answered with status ${response.status}.`,
      { remedy: 'See whether `espalier serve` still runs.' },
      cause,
    );
  });
}

/**
 * A browser's transport: calls by POST, events by a WebSocket that is opened again, ever more patiently, when it breaks.
 * @param page the address of the page, which the server of the studio has served
 */
export function httpTransport(page: string): Transport {
  return {
    call: (name, args) => post(page, name, args),
    connect(onEvent, onStatus) {
      let socket: WebSocket | null = null;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let retryMs = firstRetryMs;
      let closed = false;

      const open = () => {
        const address = new URL(routes.events, page);
        address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
        socket = new WebSocket(address);
        socket.onopen = () => {
          retryMs = firstRetryMs;
          onStatus('connected');
        };
        socket.onmessage = ({ data }) => {
          if (typeof data === 'string') onEvent(JSON.parse(data));
        };
        socket.onclose = async () => {
          if (closed) return;
          const status = (await turnedAway(page)) ? 'refused' : 'lost';
          if (closed) return;
          onStatus(status);
          timer = setTimeout(open, retryMs);
          retryMs = Math.min(retryMs * 2, lastRetryMs);
        };
      };
      open();

      return () => {
        closed = true;
        clearTimeout(timer);
        socket?.close();
      };
    },
  };
}
