import { createHash } from 'node:crypto';
import { setup } from '../../../bench/train/setup.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';

/** Trains a zoo network for some steps and prints a digest of all its numbers: `node digest.ts NETWORK STEPS`. */
const [id = '', steps = '1'] = process.argv.slice(2);
const backend = await openBackend({ device: 'onnxruntime', threads: 3 });
const { train, state, inputs } = setup(id, { batch: 16 });
const device = backend.createState(state);
const step = backend.compile(train);
const hash = createHash('sha256');
for (let i = 0; i < Number(steps); i++) {
  const outputs = await step.run(device, inputs);
  hash.update(new Uint8Array(outputs['loss']?.data.buffer ?? new ArrayBuffer()));
}
for (const { data } of Object.values(await device.read())) {
  hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
console.log(hash.digest('hex'));
