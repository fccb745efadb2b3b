import type { PreloadBridge } from '../../main/contract/bridge.ts';
import { runError } from '../../main/contract/errors.ts';
import type { Transport } from './transport.ts';

/**
 * A value as the loopback server would carry it. Electron clones what crosses instead: it refuses the proxies that Vue makes of
 * reactive state, and keeps undefined fields, dates and typed arrays that text does not keep. With this, both shells mean the same.
 */
function asText(value: unknown): unknown {
  return (JSON.parse(JSON.stringify([value])) as [unknown])[0];
}

/** The desktop app's transport: what the preload script exposes. It cannot be lost while the page lives. */
export function preloadTransport(bridge: Pick<PreloadBridge, 'call' | 'subscribe'>): Transport {
  return {
    async call(name, args) {
      const reply = await bridge.call(name, asText(args)).catch((cause: unknown) => {
        throw runError(
          'studio/unreachable',
          'The studio does not answer.',
          { remedy: 'Close Espalier and start it again; its runs can be resumed.' },
          cause,
        );
      });
      return asText(reply);
    },
    connect(onEvent, onStatus) {
      const unsubscribe = bridge.subscribe((event) => onEvent(asText(event)));
      onStatus('connected');
      return unsubscribe;
    },
  };
}
