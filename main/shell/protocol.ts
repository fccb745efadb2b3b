import { protocol } from 'electron';
import { readAsset } from '../serve/assets.ts';
import { securityHeaders } from '../serve/csp.ts';
import { isStudioUrl, scheme } from './origin.ts';

/** Tells Chromium, before the app is ready, that the studio's scheme is a proper origin. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built page from its own scheme, with the same containment and policy as the loopback server. */
export function serveScheme(assets: string): void {
  protocol.handle(scheme, async (request) => {
    const asset =
      request.method === 'GET' && isStudioUrl(request.url)
        ? await readAsset(assets, new URL(request.url).pathname)
        : null;
    if (asset === null)
      return new Response('There is no such page.', { status: 404, headers: securityHeaders });
    return new Response(new Uint8Array(asset.content), { headers: { ...securityHeaders, ...asset.headers } });
  });
}
