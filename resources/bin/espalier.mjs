#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { projectPath, runInPlace, suitableNode } from './pinned-node.mjs';

const cli = projectPath('out/main/cli.js');
if (!existsSync(cli)) {
  console.error("Espalier has not been built yet: run 'npm run build' in its folder.");
  process.exit(1);
}
const node = suitableNode();
if (node === process.execPath) await import(new URL('../../out/main/cli.js', import.meta.url));
else runInPlace(node, [cli, ...process.argv.slice(2)]);
