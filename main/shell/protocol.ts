import { protocol } from 'electron';
import { readAsset } from '../serve/assets.ts';
import { reportPolicy, securityHeaders } from '../serve/csp.ts';
import { isStudioUrl, scheme } from './origin.ts';
import { reportAt } from './report-window.ts';

/** Tells Chromium, before the app is ready, that the studio's scheme is a proper origin. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built page from its own scheme, with the same containment and policy as the loopback server. */
export function serveScheme(assets: string): void {
  protocol.handle(scheme, async (request) => {
    const report = request.method === 'GET' ? reportAt(request.url) : null;
    if (report !== null) {
      const type = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
      const headers = { ...securityHeaders, ...type, 'content-security-policy': reportPolicy };
      return new Response(new Uint8Array(report), { headers });
    }
    const asset =
      request.method === 'GET' && isStudioUrl(request.url)
        ? await readAsset(assets, new URL(request.url).pathname)
        : null;
    if (asset === null)
      return new Response('There is no such page.', { status: 404, headers: securityHeaders });
    return new Response(new Uint8Array(asset.content), { headers: { ...securityHeaders, ...asset.headers } });
  });
}
