import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';

const path = (relative: string): string => new URL(relative, import.meta.url).pathname;

/**
 * Three bundles: the main process with its siblings that run outside Electron too (the engine's process and the command
 * line), the sandboxed preload, and the renderer. Packages stay outside the bundles of `main`: native ones must, and one
 * copy of TensorFlow.js must serve everybody.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rolldownOptions: {
        input: {
          index: path('main/index.ts'),
          engine: path('main/engine/entry.ts'),
          cli: path('main/cli.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      // A sandboxed preload is one CommonJS file.
      rolldownOptions: {
        input: path('preload/index.ts'),
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
      },
    },
  },
  renderer: {
    root: path('renderer'),
    plugins: [vue()],
    build: {
      outDir: path('out/renderer'),
      emptyOutDir: true,
      rolldownOptions: { input: path('renderer/index.html') },
    },
  },
});
