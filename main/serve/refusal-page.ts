import type { ServerResponse } from 'node:http';
import { contentSecurityPolicy, newNonce } from './csp.ts';
import { respond } from './respond.ts';

/** What keeps a browser out, and how it gets in: both plain sentences of ours. */
interface Refusal {
  readonly title: string;
  readonly text: string;
}

const STYLE = `
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 2rem; box-sizing: border-box;
    background: light-dark(#f3f6f2, #121814); color: light-dark(#17211b, #e6ede7); font: 1rem/1.55 system-ui, sans-serif; }
  main { max-width: 34rem; padding: 2rem; border: 1px solid light-dark(#d3dcd3, #2c3831); border-radius: 14px;
    background: light-dark(#fdfefc, #19211c); }
  h1 { margin: 0 0 .75rem; font: 400 1.75rem/1.2 Georgia, serif; }
  p { margin: .5rem 0 0; }
  .name { margin: 0 0 1.25rem; color: light-dark(#20653f, #86cfa0); font-weight: 600; }
  code { font: .95em ui-monospace, monospace; }
`;

/** Refuses a browser with a page that says what to do. */
export function refusePage(response: ServerResponse, status: number, { title, text }: Refusal): void {
  response.shouldKeepAlive = false;
  const nonce = newNonce();
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy(nonce),
  };
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Espalier</title>
<style nonce="${nonce}">${STYLE}</style>
<main>
<p class="name">Espalier</p>
<h1>${title}</h1>
<p>${text}</p>
<p>Each start of <code>espalier serve</code> prints a new link in its terminal, which lets one browser in, once. With
<code>--open</code> it opens the browser itself.</p>
</main>
</html>
`;
  respond(response, status, headers, page);
}
