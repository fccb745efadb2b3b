import { html, raw, type Markup } from './markup.ts';
import { STYLE } from './style.ts';

/**
 * One HTML file that needs nothing else: no scripts, no fonts, no network; all text from outside is escaped.
 * @param style rules beside those that all pages have
 */
export function page(title: string, main: Markup, style = ''): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(STYLE)} ${raw(style)}
        </style>
      </head>
      <body>
        <main>${main}</main>
      </body>
    </html> `.text;
}
