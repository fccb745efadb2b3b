import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ExportedFile } from '../../main/engine/formats/export-format.ts';
import { exportFormats } from '../../main/engine/formats/index.ts';
import { NetworkBuilder } from '../../main/engine/network/builder.ts';
import { type Network, sizeOf, type WeightSet } from '../../main/engine/network/graph.ts';
import { temporaryFolder } from '../support/folder.ts';
import { ROOT } from './harness.ts';

const folder = temporaryFolder();

/** Looks at a file in a process of its own: the most memory beyond what was there before. */
const SCRIPT = `
import { runCli } from ${JSON.stringify(join(ROOT, 'main', 'cli', 'program.ts'))};
import { existsSync, readFileSync } from 'node:fs';
// What getrusage says is that of the parent, where that was larger.
const status = '/proc/self/status';
const peakKilobytes = () =>
  existsSync(status) ? Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync(status, 'utf8'))[1]) : process.resourceUsage().maxRSS;
const [file, small] = process.argv.slice(2);
const nothing = { write: () => true };
const context = { stdout: nothing, stderr: process.stderr, cwd: process.cwd(), root: '', version: '', onInterrupt: () => () => undefined };
await runCli(['inspect', small], context);
const before = peakKilobytes();
const code = await runCli(['inspect', file], context);
console.log(JSON.stringify({ code, megabytes: (peakKilobytes() - before) / 1024 }));
process.exit();
`;

interface Cost {
  readonly code: number;
  readonly megabytes: number;
}

function costOf(file: string, small: string): Cost {
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'cost.mjs'), file, small], {
    encoding: 'utf8',
    timeout: 110_000,
  });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{') || stderr !== '') throw new Error(stderr);
  return JSON.parse(line) as Cost;
}

/** A dense network of about so many megabytes. */
function dense(megabytes: number): { network: Network; weights: WeightSet } {
  const side = Math.round(Math.sqrt((megabytes * 1e6) / 8));
  const network = new NetworkBuilder('n', [side]).dense('a', side).relu().dense('b', side).build();
  // Drawing that many normal numbers takes longer than all the rest.
  const numbers = (size: number) =>
    Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 8192) / 8192 - 0.5);
  const weights = Object.entries(network.params).map(
    ([name, { shape }]) => [name, { shape, data: numbers(sizeOf(shape)) }] as const,
  );
  return { network, weights: new Map(weights) };
}

/** The files of one of the formats that networks are written in. */
async function files(format: string, megabytes: number): Promise<readonly ExportedFile[]> {
  const { network, weights } = dense(megabytes);
  return exportFormats.get(format).write({ network, weights, masks: new Map(), metadata: {} });
}

const formats = ['onnx', 'safetensors', 'tfjs', 'keras'];
/** For 100 MB of a file. */
const MOST_MEGABYTES = 250;
const main = new Map<string, string>();

beforeAll(async () => {
  await writeFile(join(folder, 'cost.mjs'), SCRIPT);
  for (const format of formats) {
    for (const size of [1, 100]) {
      const written = await files(format, size);
      const here = join(folder, `${format}-${size}`);
      await mkdir(here);
      for (const { name, bytes } of written) await writeFile(join(here, name), bytes);
      main.set(`${format}-${size}`, join(here, written[0]?.name ?? ''));
    }
  }
}, 240_000);

describe('inspect', () => {
  for (const name of formats) {
    it(`${name}: at most ${MOST_MEGABYTES} MB for a file of 100 MB`, { timeout: 240_000 }, () => {
      const [one = '', hundred = ''] = [1, 100].map((size) => main.get(`${name}-${size}`));
      const { code, megabytes } = costOf(hundred, one);
      console.log(`${name}: ${Math.round(megabytes)} MB`);
      expect(code).toBe(0);
      expect(megabytes).toBeLessThan(MOST_MEGABYTES);
    });
  }
});
