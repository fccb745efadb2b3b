import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import { noncePlaceholder } from './main/serve/csp.ts';

/**
 * The build: out/main (desktop app, engine, command line), out/preload (one CommonJS file, as a sandboxed preload script must be),
 * out/renderer. Dependencies stay outside of out/main: native modules have to, and TensorFlow.js must be there only once. zod is brought
 * in: outside it is some hundred files, which every process of ours would read first, the engine's for each question too.
 */
export default defineConfig({
  main: {
    build: {
      externalizeDeps: {
        include: ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
        exclude: ['zod'],
      },
      rolldownOptions: {
        input: {
          index: 'main/index.ts',
          engine: 'main/engine/process/entry.ts',
          cli: 'main/cli.ts',
          // A thread of its own, for files that the HDF5 library may get lost in.
          hdf5: 'main/engine/formats/keras/hdf5-worker.ts',
        },
        // Shared parts lie beside the entries: code that looks for files beside itself finds them from either.
        output: { entryFileNames: '[name].js', chunkFileNames: 'part-[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    base: './',
    plugins: [vue()],
    html: { cspNonce: noncePlaceholder },
    build: {
      outDir: 'out/renderer',
      minify: true,
      // Screens are parts of their own; their styles are one file, so that they apply in the same order whichever is opened first.
      cssCodeSplit: false,
      rolldownOptions: { input: 'renderer/index.html' },
      // What is bundled comes with its licences.
      license: { fileName: 'licenses.md' },
    },
  },
});
