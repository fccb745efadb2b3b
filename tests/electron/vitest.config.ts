import { defineConfig } from 'vitest/config';

/** Tests of the desktop app in Electron itself, where its program is: vitest run --config tests/electron/vitest.config.ts */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['tests/electron/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
