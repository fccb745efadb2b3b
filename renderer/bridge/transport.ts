import type { PreloadBridge } from '../../main/contract/bridge.ts';

/**
 * Whether events arrive: `lost` means the connection broke and is being tried again; `refused` that the studio answers, but does not
 * know this page (any more), so that trying again helps only once its new link was opened.
 */
export type ConnectionStatus = 'connecting' | 'connected' | 'lost' | 'refused';

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
