import type { PreloadBridge } from '../../main/contract/bridge.ts';
import type { Transport } from './transport.ts';

/** The desktop app's transport: what the preload script exposes. It cannot be lost while the page lives. */
export function preloadTransport(bridge: PreloadBridge): Transport {
  return {
    call: (name, args) => bridge.call(name, args),
    connect(onEvent, onStatus) {
      const unsubscribe = bridge.subscribe(onEvent);
      onStatus('connected');
      return unsubscribe;
    },
  };
}
