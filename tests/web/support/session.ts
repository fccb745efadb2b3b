import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import type { RunSummary } from '../../../main/contract/api.ts';
import { chromiumPath, chromiumRemedy, launchBrowser } from './browser.ts';
import { rendererFolder } from './build-renderer.ts';
import { everyState } from './fixture-runs.ts';
import { beDesktop } from './desktop-bridge.ts';
import type { DesktopBridge } from './desktop-bridge.ts';
import { serveFixture } from './server.ts';
import type { FixtureServer } from './server.ts';

export interface Session {
  readonly page: Page;
  readonly server: FixtureServer;
  /** Errors of the console and of the page that a test expects, because it provokes them. */
  readonly expectErrors: (pattern: RegExp) => void;
  /** The bridge of a page in the desktop app; null in a browser. */
  readonly desktop: DesktopBridge | null;
}

export interface OpenOptions {
  readonly runs?: readonly RunSummary[];
  readonly epochMs?: number;
  readonly context?: BrowserContextOptions;
  /** What the program answers otherwise, from the beginning. */
  readonly before?: (server: FixtureServer) => void;
}

/** What the page is shown in: a browser, with the loopback server's transport, or the desktop app, behind a bridge as Electron's. */
export type Shell = 'browser' | 'desktop';

/** Tests that need a browser: skipped, with the remedy in their title, where there is none. They run once in every shell. */
export function describeInBrowser(
  title: string,
  body: (open: (at: string, options?: OpenOptions) => Promise<Session>, shell: Shell) => void,
  shells: readonly Shell[] = ['browser', 'desktop'],
): void {
  for (const shell of shells) describeIn(shell, title, body);
}

function describeIn(shell: Shell, title: string, body: Parameters<typeof describeInBrowser>[1]): void {
  const why = chromiumPath === null ? ` (skipped: ${chromiumRemedy})` : '';
  describe.skipIf(chromiumPath === null)(`${title}, ${shell}${why}`, () => {
    let browser: Browser;
    const ending: (() => Promise<void>)[] = [];
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterAll(() => browser.close());
    afterEach(async () => {
      for (const end of ending.splice(0).reverse()) await end();
    });

    const open = async (
      at: string,
      { runs = everyState(), epochMs = 60_000, context = {}, before }: OpenOptions = {},
    ): Promise<Session> => {
      const server = await serveFixture({ folder: rendererFolder, runs, epochMs });
      ending.push(server.close);
      before?.(server);
      const owner = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...context });
      ending.push(() => owner.close());
      const page = await owner.newPage();
      const errors: string[] = [];
      const expected: RegExp[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(String(error)));
      // Every test ends with a clean console: violations of the content security policy are told there.
      ending.push(async () => {
        expect(errors.filter((text) => !expected.some((pattern) => pattern.test(text)))).toEqual([]);
      });
      const desktop = shell === 'desktop' ? await beDesktop(page, new URL(server.url).origin) : null;
      await page.goto(server.url + at);
      await page.locator('h1').first().waitFor();
      return {
        page,
        server,
        desktop,
        expectErrors: (pattern) => {
          expected.push(pattern);
        },
      };
    };
    body(open, shell);
  });
}
