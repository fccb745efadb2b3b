import { cpus } from 'node:os';
import { expect, test } from 'vitest';
import { elsewhereWarning, kernelWarning } from '../../../main/engine/evaluate/exact.ts';
import { sizeRows } from '../../../main/words/sizes.ts';
import { sampleReport } from '../report/sample.ts';

const model = cpus()[0]?.model.trim().replace(/\s+/g, ' ');

test('a warning names the file, the processor, both figures and the remedy; agreement is not worth one', () => {
  const exact = { accuracy: 0.753, maxDifference: 0.6914, differs: true };
  const text = kernelWarning('cnn.onnx', 0.635, exact);
  for (const part of [
    'cnn.onnx',
    `(${model})`,
    '63.50 %',
    '75.30 %',
    '0.69',
    "'onnx-int8'",
    "'onnx-int8-7bit'",
  ])
    expect(text).toContain(part);
  expect(kernelWarning('cnn.onnx', 0.635, { ...exact, maxDifference: null })).toContain(
    'more than can be said',
  );
  expect(kernelWarning('cnn.onnx', 0.753, { ...exact, differs: false })).toBeUndefined();
  expect(kernelWarning('cnn.onnx', 0.753, null)).toBeUndefined();
  expect(elsewhereWarning('cnn.onnx', 0)).toBeUndefined();
  expect(elsewhereWarning('cnn.onnx', 1)).toContain('the weights of a layer are');
});

test('the table of sizes has both figures where a processor differs from exact arithmetic', () => {
  const report = sampleReport();
  const accuracy = (differs: boolean) =>
    sizeRows({
      ...report,
      sizes: report.sizes.map((size) =>
        size.exact === null
          ? size
          : { ...size, accuracy: 0.635, exact: { ...size.exact, accuracy: 0.753, differs } },
      ),
    }).find(({ format }) => format === 'onnx-int8')?.accuracy;
  expect(accuracy(true)).toBe('63.50 % here, 75.30 % exact');
  expect(accuracy(false)).toBe('63.50 %');
});
