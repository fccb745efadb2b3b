import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import type { RunSummary } from '../../../main/contract/api.ts';
import { chromiumPath, chromiumRemedy, launchBrowser } from './browser.ts';
import { rendererFolder } from './build-renderer.ts';
import { everyState } from './fixture-runs.ts';
import { serveFixture } from './server.ts';
import type { FixtureServer } from './server.ts';

export interface Session {
  readonly page: Page;
  readonly server: FixtureServer;
  /** Errors of the console and of the page that a test expects, because it provokes them. */
  readonly expectErrors: (pattern: RegExp) => void;
}

export interface OpenOptions {
  readonly runs?: readonly RunSummary[];
  readonly epochMs?: number;
  readonly context?: BrowserContextOptions;
}

/** Tests that need a browser: skipped, with the remedy in their title, where there is none. */
export function describeInBrowser(
  title: string,
  body: (open: (at: string, options?: OpenOptions) => Promise<Session>) => void,
): void {
  const why = chromiumPath === null ? ` (skipped: ${chromiumRemedy})` : '';
  describe.skipIf(chromiumPath === null)(title + why, () => {
    let browser: Browser;
    const ending: (() => Promise<void>)[] = [];
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterAll(() => browser.close());
    afterEach(async () => {
      for (const end of ending.splice(0).reverse()) await end();
    });

    body(async (at, { runs = everyState(), epochMs = 60_000, context = {} } = {}) => {
      const server = await serveFixture({ folder: rendererFolder, runs, epochMs });
      ending.push(server.close);
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
      await page.goto(server.url + at);
      await page.locator('h1').first().waitFor();
      return {
        page,
        server,
        expectErrors: (pattern) => {
          expected.push(pattern);
        },
      };
    });
  });
}
