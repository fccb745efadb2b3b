import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setup } from '../../../bench/train/setup.ts';
import { openOnnxruntime } from '../../../main/engine/backend/onnxruntime/index.ts';

/**
 * Which operations of a training step did not run on the provider, by onnxruntime's profiler: `node placement.ts PROVIDER NETWORK`.
 * Prints a JSON list; a copy to the host in the middle of a step is among them.
 */
interface Event {
  readonly cat: string;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

const [provider = '', network = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'espalier-placement-'));
try {
  const options = { threads: 2, providers: [provider, 'cpu'], profile: join(folder, 'step') };
  const backend = await openOnnxruntime(options);
  const { train, state, inputs } = setup(network, { batch: 2 });
  const weights = backend.createState(state);
  const step = backend.compile(train);
  await step.run(weights, inputs);
  weights.dispose();
  step.dispose();
  await backend.dispose();
  const events = readdirSync(folder).flatMap(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Event[],
  );
  const ran = events.filter(({ cat, args }) => cat === 'Node' && args?.provider !== undefined);
  if (ran.length === 0) throw new Error('the profile names no operation');
  const elsewhere = ran.filter(
    ({ args }) => args?.provider === 'CPUExecutionProvider' || args?.op_name === 'MemcpyToHost',
  );
  console.log(JSON.stringify(elsewhere.map(({ args }) => args?.op_name)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
