import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from './browser.ts';

/**
 * The README's pictures, of the built program with a real run: `npm run pictures`. They show the wizard, the demo at work and
 * its result, as they are on this machine.
 */
const folder = new URL('../../../docs/images/', import.meta.url).pathname;
const espalier = new URL('../../../resources/bin/espalier.mjs', import.meta.url).pathname;
const home = mkdtempSync(join(tmpdir(), 'espalier-pictures-'));
mkdirSync(folder, { recursive: true });

const studio = spawn(process.execPath, [espalier, 'serve', '--home', home, '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await launchBrowser();
try {
  const link = await new Promise<string>((resolve, reject) => {
    studio.stdout.once('data', (data: Buffer) =>
      resolve((JSON.parse(data.toString()) as { link: string }).link),
    );
    studio.once('exit', (code) => reject(new Error(`the studio ended with ${code}`)));
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const picture = async (name: string): Promise<void> => {
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(folder, `${name}.png`) });
  };
  await page.goto(link);
  await page.getByRole('link', { name: 'New run' }).first().click();
  for (const step of ['data', 'goal', 'method']) {
    await page.getByRole('button', { name: `Continue to ${step}` }).click();
  }
  await page
    .getByText(/^\d+ trainings?,/)
    .first()
    .waitFor();
  await picture('wizard');
  for (const step of ['layers', 'training', 'review']) {
    await page.getByRole('button', { name: `Continue to ${step}` }).click();
  }
  await page.getByRole('button', { name: 'Start run' }).click();
  await page
    .getByText(/Prune while training/)
    .first()
    .waitFor();
  await page
    .getByText(/epoch [2-5] of 5/)
    .first()
    .waitFor({ timeout: 180_000 });
  await picture('run');
  await page.getByRole('heading', { name: /download/ }).waitFor({ timeout: 180_000 });
  await picture('result');
} finally {
  await browser.close();
  studio.kill('SIGINT');
  await new Promise((resolve) => studio.once('exit', resolve));
  rmSync(home, { recursive: true, force: true });
}
