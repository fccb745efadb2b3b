import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests of the desktop app in Electron itself, where its program is: vitest run --config tests/electron/vitest.config.ts */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['tests/electron/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
