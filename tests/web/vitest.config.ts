import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests of the screens in a real Chromium, against a studio in memory: vitest run --config tests/web/vitest.config.ts */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['tests/web/**/*.test.ts'],
    globalSetup: ['tests/web/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // On a busy machine a screen takes more than the usual second to follow.
    expect: { poll: { timeout: 15_000 } },
  },
});
