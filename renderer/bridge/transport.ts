import type { PreloadBridge } from '../../main/contract/bridge.ts';

/** Whether events arrive: `lost` means the connection broke and is being tried again. */
export type ConnectionStatus = 'connecting' | 'connected' | 'lost';

/** What carries calls and events between this page and the studio. Everything it yields is still unchecked. */
export interface Transport {
  /** Resolves to the reply as received; rejects when the studio cannot be reached. */
  call(name: string, args: unknown): Promise<unknown>;
  /** Opens the stream of events; the returned function closes it for good. */
  connect(onEvent: (event: unknown) => void, onStatus: (status: ConnectionStatus) => void): () => void;
}

declare global {
  interface Window {
    /** There when the page runs in the desktop app. */
    readonly espalier?: PreloadBridge;
  }
}
