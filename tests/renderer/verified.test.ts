import { expect, it } from 'vitest';
import { verifiedWords } from '../../renderer/screens/run/result/verified.ts';
import { sampleRecipe, sampleReport } from '../support/samples.ts';

it('a format is said to be verified by what the report has measured of it, and by nothing else', () => {
  const report = sampleReport(sampleRecipe());
  const checks = { ...report.checks, onnxMaxDifference: 2e-6, onnxSamples: 256 };
  expect(verifiedWords({ ...report, checks }, 'onnx')).toMatch(/2\.00e−6, on 256 samples/);
  expect(verifiedWords({ ...report, sizes: [] }, 'keras')).toBeNull();
  const measured = { accuracy: 0.9725, samples: 2000 };
  expect(verifiedWords({ ...report, sizes: [] }, 'keras', measured)).toMatch(
    /97\.25.% on 2,000 test samples/,
  );
  const form = { format: 'onnx-int8', bytes: 1, gzipBytes: 1, latencyMs: null, besideMs: null };
  const exact = { accuracy: 0.9, maxDifference: 0.25, differs: true };
  const eight = { ...form, accuracy: 0.91, exact };
  expect(verifiedWords({ ...report, sizes: [eight] }, 'onnx-int8')).toMatch(/91\.00.*0\.25/);
  const same = { ...form, format: 'espalier', accuracy: null, exact: null };
  expect(verifiedWords({ ...report, sizes: [same] }, 'espalier')).toContain('the same');
});
