import { setup } from '../../../bench/train/setup.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';
import { ResidentState } from '../../../main/engine/backend/onnxruntime/device-state.ts';

/**
 * What a stage does to its state, with everything that moves between host and device: `node course.ts DEVICE`. Prints numbers
 * by name, as base64 of floats, and how many tensors had been moved to the device and back at each point.
 */
const STEPS = 8;
const backend = await openBackend({ device: process.argv[2] ?? '', threads: 2 });
const { train, evaluate, state, inputs } = setup('lenet-300-100', { batch: 4, input: [1, 8, 8] });
const weights = backend.createState(state);
const step = backend.compile(train);
const forward = backend.compile(evaluate);
const { x } = inputs;
if (x === undefined) throw new Error('a batch without samples');

const numbers: Record<string, string> = {};
const note = (name: string, data: Float32Array | Int32Array | undefined): void => {
  if (data === undefined) throw new Error(`no ${name}`);
  numbers[name] = Buffer.from(Float32Array.from(data).buffer).toString('base64');
};
const moves: Record<string, readonly [number, number]> = {};
const count = (point: string): void => {
  if (weights instanceof ResidentState) moves[point] = [weights.memory.uploads, weights.memory.downloads];
};

async function steps(label: string): Promise<void> {
  for (let i = 0; i < STEPS; i++) note(`loss ${label} ${i}`, (await step.run(weights, inputs))['loss']?.data);
}

await steps('before');
count('after steps');
note('logits', (await forward.run(weights, { x }))['logits']?.data);
count('after evaluation');

// As an update of masks does it: read, change, write.
const [changed = ''] = Object.keys(state);
const read = (await weights.read([changed]))[changed];
if (read === undefined) throw new Error(`no ${changed}`);
read.data.fill(0, 0, read.data.length / 2);
weights.write({ [changed]: read });
await steps('after');
count('after a change and steps');

const all = await weights.read();
count('at the end');
for (const [name, { data }] of Object.entries(all)) note(name, data);
const entries = Object.keys(state).length;
// In the order in which a model lets go: what its tensors lie in goes first.
step.dispose();
forward.dispose();
weights.dispose();
await backend.dispose();
console.log(JSON.stringify({ numbers, moves, entries }));
