import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openOnnxruntime } from '../../main/engine/backend/onnxruntime/index.ts';
import { setup } from './setup.ts';

/*
 * Where a step's time goes, by onnxruntime's own profiler: `node bench/train/profile.ts NETWORK`.
 *   --batch N   64   --threads N   2   --steps N   20   --evaluate   --top N   25 (slowest nodes)
 * Of each node the shortest of all steps counts, so that a busy machine shows through less.
 */
interface Event {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: {
    op_name?: string;
    output_type_shape?: Record<string, number[]>[];
    input_type_shape?: Record<string, number[]>[];
  };
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: 'string', default: '64' },
    threads: { type: 'string', default: '2' },
    steps: { type: 'string', default: '20' },
    top: { type: 'string', default: '25' },
    evaluate: { type: 'boolean', default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'profile-'));
try {
  const backend = await openOnnxruntime({ threads: Number(options.threads), profile: join(folder, 'step') });
  const { train, evaluate, state, inputs } = setup(positionals[0] ?? 'resnet-20', {
    batch: Number(options.batch),
  });
  const device = backend.createState(state);
  const step = backend.compile(options.evaluate ? evaluate : train);
  for (let i = 0; i < Number(options.steps); i++) await step.run(device, inputs);
  step.dispose();
  // Every session writes a file of its own, with names of nodes that other sessions use too: the step's is the longest.
  const sessions = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Event[],
  );
  report(sessions.sort((a, b) => b.length - a.length)[0] ?? []);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report(events: readonly Event[]): void {
  const nodes = new Map<string, { op: string; ms: number; shapes: string }>();
  for (const { cat, name, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
    const ms = Math.min(dur / 1000, nodes.get(name)?.ms ?? Infinity);
    const dims = (list?: Record<string, number[]>[]): string =>
      (list ?? []).map((each) => Object.values(each)[0]?.join('x') ?? '').join(' ');
    nodes.set(name, {
      op: args?.op_name ?? '?',
      ms,
      shapes: `${dims(args?.input_type_shape)} -> ${dims(args?.output_type_shape)}`,
    });
  }
  const byOp = new Map<string, { ms: number; count: number }>();
  for (const { op, ms } of nodes.values()) {
    const sum = byOp.get(op) ?? { ms: 0, count: 0 };
    byOp.set(op, { ms: sum.ms + ms, count: sum.count + 1 });
  }
  const total = [...nodes.values()].reduce((sum, { ms }) => sum + ms, 0);
  const runs = events.filter(({ name }) => name === 'model_run').map(({ dur }) => dur / 1000);
  console.log(
    `${nodes.size} nodes, ${total.toFixed(2)} ms in kernels, fastest run ${Math.min(...runs).toFixed(2)} ms`,
  );
  for (const [op, { ms, count }] of [...byOp].sort(([, a], [, b]) => b.ms - a.ms)) {
    console.log(`${ms.toFixed(2).padStart(9)} ms  ${String(count).padStart(4)}  ${op}`);
  }
  const slowest = [...nodes.values()].sort((a, b) => b.ms - a.ms).slice(0, Number(options.top));
  for (const { op, ms, shapes } of slowest) console.log(`${ms.toFixed(2).padStart(9)} ms  ${op}  ${shapes}`);
}
