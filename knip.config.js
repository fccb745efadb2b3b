/** What nobody uses: files, exports and dependencies. `npm run unused`, a part of `npm test`. */
export default {
  entry: [
    'main/index.ts',
    'main/cli.ts',
    'main/engine/process/entry.ts',
    'main/engine/formats/keras/hdf5-worker.ts',
    'preload/index.ts',
    'renderer/main.ts',
    'resources/bin/*.mjs',
    // Programs that other programs start by their paths.
    'tests/**/*.test.ts',
    'tests/**/vitest.config.ts',
    'tests/cli/fake-engine.ts',
    'tests/jobs/executors/writing-engine.ts',
    'tests/jobs/elsewhere/leaving-engine.ts',
    'tests/conformance/{environment,specs}.ts',
    'tests/conformance/worker.mjs',
    'tests/web/support/{global-setup,screenshots}.ts',
    'bench/*.ts',
    'bench/*/run.ts',
    'bench/reliability/files-worker.ts',
    'bench/scale/worker.ts',
    'bench/train/{espalier-peer,profile}.ts',
  ],
  project: ['{main,preload,renderer,tests,bench,resources}/**/*.{ts,vue,mjs}'],
  // Programs of the system.
  ignoreBinaries: [
    'mount',
    'umount',
    'unshare',
    'gcc',
    'redis-server',
    'openssl',
    'sinfo',
    'scontrol',
    'fish',
    'groff',
  ],
  ignoreDependencies: [
    // TensorFlow.js's specs, bundled for the conformance run, load it by its name.
    'jasmine-core',
    // bench:sparse compares with it where it is installed.
    'onnxruntime-web',
  ],
};
