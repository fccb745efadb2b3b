import vue from '@vitejs/plugin-vue';
import { build } from 'vite';

const root = new URL('../../../renderer/', import.meta.url).pathname;

/** Where the renderer under test is built to. */
export const rendererFolder = new URL('../../../out/web-test/', import.meta.url).pathname.replace(/\/$/, '');

/** Builds the renderer as the program does. */
export async function buildRenderer(): Promise<void> {
  await build({
    configFile: false,
    root,
    base: './',
    logLevel: 'warn',
    plugins: [vue()],
    build: { outDir: rendererFolder, emptyOutDir: true, cssCodeSplit: false },
  });
}
