import { setup } from '../../../bench/train/setup.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';
import { OnnxStep } from '../../../main/engine/backend/onnxruntime/step.ts';

/** Trains a zoo network and prints each step's loss as JSON: `node losses.ts DEVICE NETWORK STEPS SIZE`, on 4 grey images. */
const [device = '', id = '', steps = '1', size = '28'] = process.argv.slice(2);
const backend = await openBackend({ device, threads: 2 });
const { train, state, inputs } = setup(id, { batch: 4, input: [1, Number(size), Number(size)] });
const weights = backend.createState(state);
const step = backend.compile(train);
const losses: (number | undefined)[] = [];
for (let i = 0; i < Number(steps); i++) losses.push((await step.run(weights, inputs))['loss']?.data[0]);
console.log(JSON.stringify({ losses, traced: step instanceof OnnxStep && step.traced }));
await backend.dispose();
