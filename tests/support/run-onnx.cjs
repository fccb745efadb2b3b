/**
 * Answers of ONNX files in onnxruntime, for a processor that may be emulated: plain JavaScript, and no threads but one.
 * @param argv[2] JSON file: [{ model, values, shape, exact }], and where to write [numbers of the last output] for each
 * @param argv[3] JSON file that is written
 */
const { readFileSync, writeFileSync } = require('node:fs');
const ort = require('onnxruntime-node');

const [jobs, results] = process.argv.slice(2);

(async () => {
  const found = [];
  for (const { model, values, shape, exact } of JSON.parse(readFileSync(jobs, 'utf8'))) {
    const session = await ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      ...(exact && { extra: { session: { x64quantprecision: '1' } } }),
    });
    const input = new ort.Tensor('float32', Float32Array.from(values), shape);
    const answers = await session.run({ [session.inputNames[0]]: input });
    found.push([...answers[session.outputNames.at(-1)].data]);
    await session.release();
  }
  writeFileSync(results, JSON.stringify(found));
})();
