/**
 * Another program: knows onnxruntime, an .onnx file, raw samples with labels and the constants that report.json states, and
 * nothing of Espalier. Prints the share of right answers.
 */
const { readFileSync } = require('node:fs');
const ort = require('onnxruntime-node');

const [model, samplesFile] = process.argv.slice(2);
const { values, labels, shape, mean, std } = JSON.parse(readFileSync(samplesFile, 'utf8'));

(async () => {
  const session = await ort.InferenceSession.create(model);
  const data = Float32Array.from(values, (value) => (value - mean) / std);
  const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', data, [labels.length, ...shape]) };
  const output = (await session.run(feeds))[session.outputNames[0]];
  const classes = output.dims[1];
  const right = labels.filter((label, i) => {
    const row = [...output.data.slice(i * classes, (i + 1) * classes)];
    return row.indexOf(Math.max(...row)) === label;
  });
  console.log(right.length / labels.length);
})();
