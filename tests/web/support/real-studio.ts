import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, vi } from 'vitest';
import { api } from '../../../main/contract/api.ts';
import type { ApiArgs, ApiName, ApiResult, RunSummary } from '../../../main/contract/api.ts';
import type { RunState } from '../../../main/contract/run.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { chromiumPath, chromiumRemedy, launchBrowser } from './browser.ts';
import { ServedProgram } from './served-program.ts';

/** How long a short run may take where the machine does other things too. */
export const runMs = 150_000;

/** The program behind its own server, real engines behind that, and a browser in front of it. */
export interface RealStudio {
  /** What the screens may browse: files of a test lie here. */
  readonly folder: string;
  readonly program: ServedProgram;
  readonly page: Page;
  /** Another window of the same browser, with the same watch over its console. */
  window(): Promise<Page>;
  /** Opens the link of this start, which lets the browser in, in the page. */
  enter(): Promise<void>;
  /** Closes the page, and goes on in a new window. */
  reopen(): Promise<void>;
  /** Ends the program and starts it again on the same port; the pages stay as they are. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends the program. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Shows an address of the screens. */
  show(hash: string): Promise<void>;
  /** Asks the program what the page would ask. */
  ask<N extends ApiName>(name: N, args: ApiArgs<N>): Promise<ApiResult<N>>;
  /** The run that the page shows. */
  run(): Promise<RunSummary>;
  /** Waits until a run is in a state. */
  until(id: number, ...states: RunState[]): Promise<RunSummary>;
  /** Errors of the console that a test provokes. */
  expectErrors(pattern: RegExp): void;
}

/** Drives of the real studio: one program and one browser for all of them. No error may show in any console meanwhile. */
export function describeRealStudio(title: string, body: (studio: RealStudio) => void): void {
  const why = chromiumPath === null ? ` (skipped: ${chromiumRemedy})` : '';
  describe.skipIf(chromiumPath === null)(`the real studio, ${title}${why}`, () => {
    // A machine that does other things too may take its time.
    vi.setConfig({ testTimeout: 600_000 });
    const folder = temporaryFolder();
    const errors: string[] = [];
    const expected: RegExp[] = [];
    let browser: Browser;
    let context: BrowserContext;
    let program: ServedProgram;
    let page: Page;

    const studio: RealStudio = {
      folder,
      get program() {
        return program;
      },
      get page() {
        return page;
      },
      async window() {
        const opened = await context.newPage();
        opened.on('console', (message) => {
          // Violations of the content security policy are told here too.
          if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
        });
        opened.on('pageerror', (error) => errors.push(String(error)));
        return opened;
      },
      async enter() {
        await page.goto(program.link);
        await page.locator('h1').first().waitFor();
      },
      async reopen() {
        const address = page.url();
        await page.close();
        page = await studio.window();
        await page.goto(address);
        await page.locator('h1').first().waitFor();
      },
      end: (signal) => program.end(signal),
      async start() {
        program = await ServedProgram.start(folder, program.port);
      },
      async restart(signal) {
        await studio.end(signal);
        await studio.start();
      },
      async show(hash) {
        await page.goto(new URL(`/${hash}`, page.url()).href);
        await page.locator('h1').first().waitFor();
      },
      async ask(name, args) {
        const origin = `http://127.0.0.1:${program.port}`;
        const headers = { origin, 'content-type': 'application/json' };
        const response = await context.request.post(`${origin}/api/${name}`, {
          headers,
          data: JSON.stringify(args),
        });
        const reply = (await response.json()) as { ok: boolean; result: unknown };
        if (!reply.ok) throw new Error(JSON.stringify(reply));
        return api[name].result.parse(reply.result) as ApiResult<typeof name>;
      },
      run: () => studio.ask('runs.get', { id: Number(/#\/runs\/(\d+)/.exec(page.url())?.[1]) }),
      async until(id, ...states) {
        await expect
          .poll(async () => (await studio.ask('runs.get', { id })).state, { timeout: runMs, interval: 50 })
          .toSatisfy((state: RunState) => states.includes(state));
        return studio.ask('runs.get', { id });
      },
      expectErrors(pattern) {
        expected.push(pattern);
      },
    };

    beforeAll(async () => {
      program = await ServedProgram.start(folder);
      browser = await launchBrowser();
      context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
      context.setDefaultTimeout(120_000);
      page = await studio.window();
      await studio.enter();
    });
    afterEach(async ({ task }) => {
      // What was seen last says more than which wait was in vain.
      if (task.result?.state === 'fail')
        console.log(`${page.url()}\n${await page.locator('body').ariaSnapshot()}`);
      const found = errors.splice(0).filter((text) => !expected.some((pattern) => pattern.test(text)));
      expected.length = 0;
      expect(found).toEqual([]);
    });
    afterAll(async () => {
      await browser.close();
      await program.end();
    });

    body(studio);
  });
}
