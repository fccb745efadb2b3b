import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../main/contract/report.ts';
import { loadDataset } from '../../main/engine/data/load.ts';
import { cli, ROOT } from './harness.ts';

const ENGINE = join(ROOT, 'main', 'engine', 'process', 'entry.ts');
const RECIPE = `
network: lenet-300-100
data: { kind: digits, train: 2000, validation: 100, test: 500 }
dense: { epochs: 3 }
paradigm: magnitude-gradual
budget: { sparsity: 0.9 }
prune: { epochs: 2 }
finetune: { epochs: 1 }
export: [onnx, safetensors, onnx-int8, tfjs, keras]
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-real-'));
  await writeFile(join(folder, 'recipe.yaml'), RECIPE);
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...argv: string[]) => cli(argv, { cwd: folder, entry: ENGINE });
const sha = async (...path: string[]) =>
  createHash('sha256')
    .update(await readFile(join(folder, ...path)))
    .digest('hex');

/** Runs the program as a shell does, and sends it SIGINT when its stderr first shows `text`. */
async function interrupted(argv: string[], text: string): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'main', 'cli.ts'), ...argv], { cwd: folder });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    const before = stderr.includes(text);
    stderr += chunk.toString();
    if (!before && stderr.includes(text)) child.kill('SIGINT');
  });
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { code, stderr };
}

describe('a run by the real engine', () => {
  let report: Report;

  it('compresses, and leaves what it reports', async () => {
    const { code, stdout, stderr } = await run('compress', 'recipe.yaml', '--out', 'whole', '--json');
    expect(stderr).not.toContain('Warning');
    expect(code).toBe(0);
    report = JSON.parse(stdout) as Report;
    expect(report.sparsity).toBeCloseTo(0.9, 3);
    expect(report.checks.revivedWeights).toBe(0);
    expect(report.compressed.gzipBytes).toBeLessThan((report.dense?.gzipBytes ?? 0) / 3);
    const left = await readdir(join(folder, 'whole'));
    expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
    for (const { path, sha256 } of report.files) expect(await sha('whole', path), path).toBe(sha256);
  });

  it('scores the reported accuracy in onnxruntime', async () => {
    const files = ['model.onnx', 'model.h5', 'model.json'].map((name) => [
      join('whole', name),
      '--data',
      'recipe.yaml',
    ]);
    for (const argv of [['whole'], ...files]) {
      const { code, stdout } = await run('evaluate', ...argv, '--json');
      expect(code).toBe(0);
      const result = JSON.parse(stdout) as { accuracy: number; loss: number; fingerprint: string };
      expect(result.fingerprint).toBe(report.data.fingerprint);
      expect(result.accuracy).toBeCloseTo(report.compressed.accuracy, 3);
      expect(result.loss).toBeCloseTo(report.compressed.loss, 4);
    }
  });

  it('scores the reported accuracy in a program that knows nothing of Espalier', async () => {
    const spec = { kind: 'digits', train: 2000, validation: 100, test: 500, normalize: 'standard' } as const;
    const { test: split } = await loadDataset(spec, { seed: report.seed, baseFolder: folder });
    const { mean, std } = report.data.normalization;
    const samples = join(folder, 'samples.json');
    await writeFile(
      samples,
      JSON.stringify({
        values: [...split.values],
        labels: [...split.labels],
        shape: report.network.inputShape,
        mean: mean[0],
        std: std[0],
      }),
    );
    const script = join(ROOT, 'tests', 'support', 'score-onnx.cjs');
    const scored = (name: string) => {
      const model = join(folder, 'whole', name);
      return Number(execFileSync(process.execPath, [script, model, samples], { encoding: 'utf8' }));
    };
    expect(Math.abs(scored('model.onnx') - report.compressed.accuracy)).toBeLessThanOrEqual(0.001);
    const eightBits = report.sizes.find(({ format }) => format === 'onnx-int8');
    expect(scored('model-int8.onnx')).toBe(eightBits?.accuracy);
    // Eight bits may cost a point of accuracy, and save three quarters of the bytes.
    expect(eightBits?.accuracy).toBeGreaterThan(report.compressed.accuracy - 0.01);
    expect((eightBits?.bytes ?? NaN) / report.compressed.onnxBytes).toBeLessThan(0.27);
  });

  it('reports the sizes of files that are really there', async () => {
    for (const { format, bytes, gzipBytes } of report.sizes) {
      // The module comes with the files that load it, in a folder.
      const [out, file] =
        format === 'wasm' ? ['module', 'module/model.wasm'] : [`size-${format}.bin`, `size-${format}.bin`];
      expect((await run('export', 'whole', '--format', format, '--out', out)).code, format).toBe(0);
      const { byteLength } = await readFile(join(folder, file));
      expect(byteLength, format).toBe(bytes);
      expect(gzipBytes, format).toBeLessThan(bytes * 1.01);
    }
    expect(report.sizes.map(({ format }) => format)).toEqual([
      'onnx',
      'onnx-sparse',
      'espalier',
      'wasm',
      'onnx-int8',
    ]);
    expect(await sha('size-onnx-int8.bin')).toBe(await sha('whole', 'model-int8.onnx'));
  });

  it('shows the sparsity that the file really has', async () => {
    const { stdout } = await run('inspect', join('whole', 'model.onnx'), '--json');
    const { tensors } = JSON.parse(stdout) as {
      tensors: { name: string; elements: number; nonzero: number }[];
    };
    const weights = tensors.filter(({ name }) => name.endsWith('.weight'));
    const sum = (key: 'elements' | 'nonzero') => weights.reduce((total, tensor) => total + tensor[key], 0);
    expect(sum('elements')).toBe(266_200);
    expect(1 - sum('nonzero') / sum('elements')).toBeCloseTo(0.9, 3);
    expect((await run('inspect', 'whole')).stdout).toContain('Test accuracy');
    expect((await run('inspect', 'lenet-300-100')).stdout).toContain('266,610 parameters');
  });

  it('shows how each tensor is stored, and what other ways would take', async () => {
    type Shown = {
      tensors: { name: string; encoding: string; bytes: number; encodings: Record<string, number> }[];
    };
    for (const [format, allowed] of [
      ['onnx-sparse', ['dense', 'sparse']],
      ['espalier', ['dense', 'bitmap', 'gaps']],
    ] as const) {
      const { stdout } = await run('inspect', `size-${format}.bin`, '--json');
      const { tensors } = JSON.parse(stdout) as Shown;
      for (const { name, encoding, bytes, encodings } of tensors) {
        expect(allowed, name).toContain(encoding);
        expect(encodings[encoding], name).toBe(bytes);
      }
      const fc1 = tensors.find(({ name }) => name === 'fc1.weight');
      expect(fc1?.bytes).toBeLessThan((fc1?.encodings['dense'] ?? 0) / 3);
      const text = (await run('inspect', `size-${format}.bin`)).stdout;
      expect(text).toMatch(/fc1\.weight.*\[[\d,]+\]/);
    }
  });

  it('verifies what the files say of themselves', async () => {
    for (const [file, eightBits] of [
      ['whole/model.onnx', false],
      ['whole/model-int8.onnx', true],
      ['whole/model.h5', false],
      ['whole/model.json', false],
      ['module/model.wasm', false],
    ] as const) {
      const { code, stdout } = await run('verify', file, '--data', 'recipe.yaml', '--json');
      expect(code).toBe(0);
      const found = JSON.parse(stdout) as Record<string, number | boolean>;
      expect(found).toMatchObject({
        eightBits,
        sameData: true,
        samples: 500,
        accuracy: found['statedAccuracy'],
      });
      // Small weights of eight bits may be rounded to zero, pruned ones are.
      expect(found['sparsity']).toBeGreaterThanOrEqual((found['statedSparsity'] as number) - 1e-9);
    }
    const { code, stderr } = await run(
      'verify',
      join('whole', 'model-int8.onnx'),
      '--data',
      'csv:nowhere.csv',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('nowhere.csv');
  });

  it('names the remedy where eight bits need data that are not there any more', async () => {
    const path = join(folder, 'whole', 'report.json');
    const said = await readFile(path, 'utf8');
    try {
      await writeFile(path, said.replace(/"fingerprint": "\w/, '"fingerprint": "x'));
      const { code, stderr } = await run('export', 'whole', '--format', 'onnx-int8', '--out', 'no.onnx');
      expect(code).toBe(2);
      expect(stderr).toMatch(/needs the data that the run was trained on.*other data/);
      expect(stderr).toContain('choose a format that needs no data');
      expect((await run('export', 'whole', '--format', 'onnx', '--out', 'yes.onnx')).code).toBe(0);
    } finally {
      await writeFile(path, said);
    }
  });

  it('exports the same files again', async () => {
    expect((await run('export', 'whole', '--format', 'onnx', '--out', 'again.onnx')).code).toBe(0);
    expect(await sha('again.onnx')).toBe(await sha('whole', 'model.onnx'));
    for (const format of ['safetensors', 'tfjs', 'keras']) {
      expect((await run('export', 'whole', '--format', format, '--out', `as-${format}`)).code).toBe(0);
      // The card is that of the one format.
      const names = (await readdir(join(folder, `as-${format}`))).filter((name) => name !== 'README.md');
      expect(names.length).toBeGreaterThan(1);
      for (const name of names) {
        expect(await sha(`as-${format}`, name), name).toBe(await sha('whole', name));
      }
    }
    // A folder with a model.json stands for the model.
    expect((await run('inspect', 'as-tfjs')).stdout).toContain('fc1/kernel');
    expect((await run('export', 'whole', '--format', 'safetensors', '--out', 'one.file')).code).toBe(2);
  });

  it.skipIf(process.platform === 'win32')(
    'stops at Ctrl-C with status 130, and resumes to the same weights, byte for byte',
    async () => {
      const { code, stderr } = await interrupted(['compress', 'recipe.yaml', '--out', 'cut'], 'epoch 2/3');
      expect(stderr).toContain('Cancelling at the next step');
      expect(code).toBe(130);
      expect(stderr).toContain('espalier resume cut');
      expect(await readdir(join(folder, 'cut'))).not.toContain('report.json');
      expect((await run('evaluate', 'cut')).code).toBe(2);
      const resumed = await run('resume', 'cut', '--json', '--quiet');
      expect(resumed.code).toBe(0);
      expect((JSON.parse(resumed.stdout) as Report).compressed.accuracy).toBe(report.compressed.accuracy);
      for (const name of ['weights.safetensors', 'masks.safetensors', 'model.onnx']) {
        expect(await sha('cut', name), name).toBe(await sha('whole', name));
      }
    },
  );

  it('names the data file that is missing', async () => {
    await writeFile(
      join(folder, 'bad.yaml'),
      RECIPE.replace(/data: .*/, 'data: { kind: idx, path: nowhere }'),
    );
    const { code, stderr } = await run('compress', 'bad.yaml', '--out', 'bad');
    expect(code).toBe(2);
    expect(stderr).toContain('nowhere');
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
