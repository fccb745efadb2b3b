import { api, studioEventSchema } from '../../main/contract/api.ts';
import type { ApiArgs, ApiName, ApiResult, StudioEvent } from '../../main/contract/api.ts';
import { replySchema } from '../../main/contract/bridge.ts';
import { EspalierError, runError } from '../../main/contract/errors.ts';
import type { ConnectionStatus, Transport } from './transport.ts';

/** The studio as the renderer sees it: the same over the preload script and over the loopback server. */
export interface StudioClient {
  /**
   * Calls the studio. Rejects with an `EspalierError` whose `problem` says what went wrong, where, and what to do
   * about it.
   */
  call<N extends ApiName>(name: N, args: ApiArgs<N>): Promise<ApiResult<N>>;
  /** Hears every event until the returned function is called. */
  on(listener: (event: StudioEvent) => void): () => void;
  /**
   * Hears the connection's status: at once, and on every change. After `lost`, the next `connected` means that events
   * may have been missed: fetch again what is shown.
   */
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
  readonly status: ConnectionStatus;
}

const malformed = (what: string) =>
  runError('studio/malformed', `The studio sent ${what} that this page does not understand.`, {
    remedy: 'Reload the page: it may be older than the program that serves it.',
  });

/** A typed, checked client over any transport. The stream of events opens with the first listener. */
export function createClient(transport: Transport): StudioClient {
  const listeners = new Set<(event: StudioEvent) => void>();
  const statusListeners = new Set<(status: ConnectionStatus) => void>();
  let status: ConnectionStatus = 'connecting';
  let disconnect: (() => void) | null = null;

  const setStatus = (next: ConnectionStatus) => {
    if (next === status) return;
    status = next;
    for (const listener of [...statusListeners]) listener(next);
  };

  const receive = (raw: unknown) => {
    const event = studioEventSchema.safeParse(raw);
    // An event of a newer program is no reason to break the page: what it changes is fetched with the next call.
    if (!event.success) return;
    for (const listener of [...listeners]) listener(event.data);
  };

  const retain = <T>(set: Set<T>, listener: T) => {
    set.add(listener);
    disconnect ??= transport.connect(receive, setStatus);
    return () => {
      set.delete(listener);
      if (listeners.size + statusListeners.size > 0 || disconnect === null) return;
      disconnect();
      disconnect = null;
      status = 'connecting';
    };
  };

  return {
    async call(name, args) {
      const reply = replySchema.safeParse(await transport.call(name, args));
      if (!reply.success) throw malformed(`an answer to ${name}`);
      if (!reply.data.ok) throw new EspalierError(reply.data.problem);
      const result = api[name].result.safeParse(reply.data.result);
      if (!result.success) throw malformed(`a result of ${name}`);
      return result.data as ApiResult<typeof name>;
    },
    on: (listener) => retain(listeners, listener),
    onStatus(listener) {
      const release = retain(statusListeners, listener);
      listener(status);
      return release;
    },
    get status() {
      return status;
    },
  };
}
