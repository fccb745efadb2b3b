import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../main/contract/report.ts';
import { graphicsEnvironment } from '../../conformance/swiftshader.ts';

/** Everything that moves between host and device in a run: training, masks that change, evaluation, checkpoints, export. */
const RECIPE = `
network: lenet-300-100
data: { kind: digits, train: 256, validation: 64, test: 64 }
dense: { epochs: 1 }
paradigm: magnitude-gradual
prune: { epochs: 1 }
budget: { sparsity: 0.8 }
finetune: { epochs: 1 }
export: [onnx, safetensors]
`;
const program = new URL('../../../main/cli.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'espalier-webgpu-'));
writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function compress(device: string, env = process.env): Promise<Report> {
  const args = [program, 'compress', 'recipe.yaml', '--out', device, '--device', device, '--json', '--quiet'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env });
  return JSON.parse(stdout) as Report;
}

const environment = await graphicsEnvironment().catch((error: unknown) => String(error));
const missing = typeof environment === 'string' ? ` (skipped: ${environment})` : '';

describe.skipIf(missing !== '')(`a whole run on the webgpu device${missing}`, () => {
  it('goes to its end and reports what the CPU reports', async () => {
    const expected = await compress('onnxruntime');
    const report = await compress('webgpu', environment as NodeJS.ProcessEnv);
    expect(report.device).toMatch(/^WEBGPU/);
    expect(report.checks.revivedWeights).toBe(0);
    expect(report.checks.onnxMaxDifference).toBeLessThan(1e-4);
    expect(report.layers.map(({ nonzero }) => nonzero)).toEqual(
      expected.layers.map(({ nonzero }) => nonzero),
    );
    expect(report.dense?.loss).toBeCloseTo(expected.dense?.loss ?? NaN, 3);
    expect(report.compressed.loss).toBeCloseTo(expected.compressed.loss, 3);
  }, 300_000);
});
