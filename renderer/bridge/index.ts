import { createClient } from './client.ts';
import { httpTransport } from './http.ts';
import { preloadTransport } from './preload.ts';

export type { ConnectionStatus } from './transport.ts';

/** The studio of this page: the desktop app's where its preload script has run, else the one that served the page. */
export const studio = createClient(
  window.espalier === undefined ? httpTransport(window.location.href) : preloadTransport(window.espalier),
);
