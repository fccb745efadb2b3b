import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { runCli } from '../main/cli/program.ts';
import { exportFormats } from '../main/engine/formats/index.ts';
import { writeOnnx } from '../main/engine/formats/onnx/write.ts';
import { NetworkBuilder } from '../main/engine/network/builder.ts';
import { sizeOf } from '../main/engine/network/graph.ts';

/*
 * How long `espalier inspect` takes for files of 1 and 100 MB, in turn with onnxruntime's opening of the same network:
 * `npm run bench:inspect`. The least of ROUNDS rounds of each, and the ratio.
 */
const ROUNDS = 5;
const FORMATS = ['onnx', 'safetensors', 'tfjs', 'keras'];
const context = {
  stdout: { write: () => true },
  stderr: process.stderr,
  terminal: null,
  cwd: process.cwd(),
  root: '',
  version: '',
  startEngine: () => {
    throw new Error('inspect reads files by itself');
  },
  onInterrupt: () => () => undefined,
};

async function millisecondsOf(job: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await job();
  return performance.now() - start;
}

const folder = mkdtempSync(join(tmpdir(), 'espalier-bench-'));
try {
  for (const megabytes of [1, 100]) {
    const side = Math.round(Math.sqrt((megabytes * 1e6) / 8));
    const network = new NetworkBuilder('n', [side]).dense('a', side).relu().dense('b', side).build();
    const weights = new Map(
      Object.entries(network.params).map(([name, { shape }]) => {
        const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7919) % 8192) / 8192 - 0.5);
        return [name, { shape, data }] as const;
      }),
    );
    const peer = join(folder, `peer-${megabytes}.onnx`);
    writeFileSync(peer, writeOnnx(network, weights));
    for (const format of FORMATS) {
      const parts = { network, weights, masks: new Map(), metadata: {} };
      const written = await exportFormats.get(format).write(parts);
      for (const { name, bytes } of written) writeFileSync(join(folder, name), bytes);
      const file = join(folder, written[0]?.name ?? '');
      let [ours, theirs] = [Infinity, Infinity];
      for (let round = 0; round < ROUNDS; round++) {
        ours = Math.min(ours, await millisecondsOf(() => runCli(['inspect', file], context)));
        theirs = Math.min(theirs, await millisecondsOf(async () => (await InferenceSession.create(peer)).release())); // prettier-ignore
      }
      console.log(
        `${format}, ${megabytes} MB: inspect ${ours.toFixed(0)} ms, onnxruntime opens it in ${theirs.toFixed(0)} ms, ratio ${(ours / theirs).toFixed(2)}`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
