import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { recipeSchema } from '../main/contract/recipe.ts';
import { SENSITIVITY_SAMPLES, SENSITIVITY_SHARES } from '../main/contract/sensitivity.ts';
import { sensitivityOf } from '../main/engine/ask/sensitivity.ts';
import { Control } from '../main/engine/base/control.ts';
import { Random } from '../main/engine/base/random.ts';
import { runSession } from '../main/engine/run/session.ts';

/*
 * How long a sensitivity analysis takes, and whether runs lose what its points say: `npm run bench:sensitivity -- --data FOLDER`.
 *   --data FOLDER     with models/onnx/akamaster_resnet20_cifar10_bn.onnx and cifar10-jpeg/cifar10-jpeg.zip
 *   --points N        20: drawn among all layers and shares, each a run of its own that trains nothing
 *   --threads N       2
 *   --json FILE       everything that was measured
 * The analysis looks at 1,000 validation samples, a run at 2,000 test samples. A point is reproduced where the run's loss of accuracy lies
 * within the stated 95 % interval, widened by the run's own sampling error (that of a paired difference with as many samples).
 */
const GOALS = { minutes: 3, reproduced: 0.9 } as const;
const Z = 1.96;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    points: { type: 'string', default: '20' },
    threads: { type: 'string', default: '2' },
    json: { type: 'string' },
  },
});
if (options.data === undefined) {
  console.error('Name the folder of the network and the data with --data.');
  process.exit(2);
}
const from = resolve(options.data);
const threads = Number(options.threads);
const folder = mkdtempSync(join(tmpdir(), 'espalier-bench-'));
const recipe = recipeSchema.parse({
  network: join(from, 'models', 'onnx', 'akamaster_resnet20_cifar10_bn.onnx'),
  data: {
    kind: 'images',
    path: join(from, 'cifar10-jpeg', 'cifar10-jpeg.zip'),
    limit: 12_000,
    constants: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  },
  paradigm: 'magnitude-one-shot',
  budget: { sparsity: 0.5 },
  finetune: { epochs: 0 },
  baseline: true,
  export: ['safetensors'],
});
const where = { baseFolder: folder, device: 'onnxruntime', threads };

const started = performance.now();
const { sensitivity } = await sensitivityOf(
  {
    ...where,
    recipe,
    samples: SENSITIVITY_SAMPLES,
    shares: SENSITIVITY_SHARES,
    progress: () => Promise.resolve(),
  },
  new Control(),
);
const minutes = (performance.now() - started) / 60_000;
const { groups } = sensitivity;
const count = groups.length * SENSITIVITY_SHARES.length;
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${threads} threads: ${count} points in ${minutes.toFixed(2)} minutes (goal ${GOALS.minutes})`,
);

const all = groups.flatMap((group) => group.points.map((point) => ({ group, point })));
const random = Random.from(1, 'points');
const total = groups.reduce((sum, { units }) => sum + units, 0);
const rows = [];
try {
  for (let n = 0; n < Number(options.points) && all.length > 0; n++) {
    const [drawn] = all.splice(random.int(all.length), 1);
    if (drawn === undefined) break;
    const { group, point } = drawn;
    const others = groups.filter(({ name }) => name !== group.name);
    const at = recipeSchema.parse({
      ...recipe,
      prune: { layers: Object.fromEntries(others.map(({ name }) => [name, 0])) },
      budget: { sparsity: point.removed / total },
    });
    const run = { ...where, recipe: at, folder: join(folder, `run-${n}`), resume: false };
    const { compressed, dense, data } = await runSession(run, new Control(), () => undefined);
    const lost = (dense?.accuracy ?? NaN) - compressed.accuracy;
    // The variance of a sample's difference is the analysis' own.
    const own = point.lost.error * Math.sqrt(sensitivity.samples / data.test);
    const half = Z * Math.hypot(point.lost.error, own);
    const within = Math.abs(lost - point.lost.mean) <= Math.max(half, 1 / data.test);
    rows.push({ layer: group.name, share: point.share, said: point.lost.mean, half, lost, within });
    console.log(
      `${group.name} ${point.share}: said ${(100 * point.lost.mean).toFixed(2)} ± ${(100 * half).toFixed(2)} points, lost ${(100 * lost).toFixed(2)}${within ? '' : '   OUTSIDE'}`,
    );
    rmSync(run.folder, { recursive: true, force: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const reproduced = rows.filter(({ within }) => within).length / rows.length;
console.log(
  `${(100 * reproduced).toFixed(0)} % of ${rows.length} points reproduced (goal ${100 * GOALS.reproduced} %)`,
);
if (options.json !== undefined) {
  const measured = { processor: cpus()[0]?.model, threads, count, minutes, reproduced, rows };
  writeFileSync(options.json, `${JSON.stringify(measured, null, 2)}\n`);
}
