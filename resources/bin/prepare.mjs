import { existsSync } from 'node:fs';
import { projectPath, runInPlace, suitableNode } from './pinned-node.mjs';

/** Builds after an installation; where development packages were left out there is nothing to build with. */
const builder = projectPath('node_modules/electron-vite/bin/electron-vite.js');
if (existsSync(builder)) runInPlace(suitableNode(), [builder, 'build', '--logLevel', 'warn']);
else console.log('Espalier: development packages are not installed, so nothing is built.');
