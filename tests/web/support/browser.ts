import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const places = [
  process.env['ESPALIER_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The Chromium of this machine, or null. */
export const chromiumPath: string | null =
  places.find((path): path is string => path !== undefined && path !== '' && existsSync(path)) ?? null;

/** Why the tests in a browser are skipped, and what to do about it. */
export const chromiumRemedy =
  'No Chromium was found. Install it (Debian: apt-get install chromium) or set ESPALIER_CHROMIUM to its path.';

export async function launchBrowser(): Promise<Browser> {
  if (chromiumPath === null) throw new Error(chromiumRemedy);
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  });
}
