import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

/*
 * tfjs-node for tests. Its native part is not on npm, but an old package of somebody else holds the one of tfjs-node 2.7: a
 * Node-API binding, which later JavaScript can use too, and libtensorflow 1.15 for Linux on x64.
 */
const NATIVE = 'tfjs-node-lambda-releases@1.6.1';
const NATIVE_SHA512 =
  'D275PZpxsKenTuiPnvIE5T+D5JrT4aU9M3EDCedBQKlP0hUB7011Yzg8CAJ6MBIog9Lq90aaEair4yrBBlk61w==';
const ARCHIVE = 'package/nodejs12.x-tf2.7.0.br';
const SCRIPT = '@tensorflow/tfjs-node@4.22.0';
const root = new URL('../..', import.meta.url).pathname;

/** It cannot be had here; the message says why. */
export class Unavailable extends Error {}

/**
 * Puts tfjs-node into `folder`/node_modules, with this project's tfjs-core: there may be one only.
 * @throws Unavailable
 */
export async function installTensorflow(folder: string): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Unavailable(`${NATIVE} is for Linux on x64, not ${process.platform}-${process.arch}.`);
  }
  writeFileSync(join(folder, 'package.json'), '{}');
  npm(folder, ['pack', NATIVE]);
  npm(folder, ['install', '--ignore-scripts', '--no-audit', '--no-fund', SCRIPT]);
  const modules = join(folder, 'node_modules', '@tensorflow');
  for (const shared of ['tfjs-core', 'tfjs-backend-cpu']) {
    rmSync(join(modules, shared), { recursive: true });
    symlinkSync(join(root, 'node_modules', '@tensorflow', shared), join(modules, shared));
  }
  const native = await unpackNative(folder);
  // The folder is named for the newest Node-API that tfjs-node knows; the interface only grows.
  renameSync(join(native, 'lib', 'napi-v6'), join(native, 'lib', 'napi-v8'));
  for (const part of ['lib', 'deps']) renameSync(join(native, part), join(modules, 'tfjs-node', part));
}

function npm(folder: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync('npm', [...args, '--silent', '--loglevel=error'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (status !== 0) throw new Unavailable(`npm ${args.join(' ')} failed. ${stderr ?? ''}`.trim());
}

/** The folder of the old tfjs-node. */
async function unpackNative(folder: string): Promise<string> {
  const packed = join(folder, `${NATIVE.replace('@', '-')}.tgz`);
  const digest = createHash('sha512').update(readFileSync(packed)).digest('base64');
  if (digest !== NATIVE_SHA512)
    throw new Error(`${NATIVE} is not the file that this test knows: sha512 ${digest}.`);
  const { status } = spawnSync('tar', ['-xzf', packed, '-C', folder, ARCHIVE], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tar cannot unpack ${packed}.`);
  rmSync(packed);
  const wanted = ['deps/lib', 'lib'].map((part) => `node_modules/@tensorflow/tfjs-node/${part}`);
  const out = join(folder, 'package');
  const tar = spawn('tar', ['-x', '-C', out, ...wanted], { stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = new Promise<number | null>((resolve, reject) => tar.on('error', reject).on('close', resolve));
  await pipeline(createReadStream(join(folder, ARCHIVE)), createBrotliDecompress(), tar.stdin);
  if ((await ended) !== 0) throw new Error(`tar cannot unpack ${ARCHIVE}.`);
  return join(out, 'node_modules', '@tensorflow', 'tfjs-node');
}
