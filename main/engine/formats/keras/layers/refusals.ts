/** What a person can do about a layer whose working is not in the file, or not among ours. */
export const AS_ONNX =
  'Export the model as ONNX instead (with `model.export(..., format="onnx")` or tf2onnx), which writes it in operators.';

const code = 'runs Python code, which is not read from files';
const changes = 'changes images in use too, in a way that is not supported';
const draws = 'draws at random in use too, so that its answers are no function of its input';

/** Why classes of Keras that are known are not read. */
export const refusals: ReadonlyMap<string, string> = new Map([
  ['Lambda', code],
  ['TorchModuleWrapper', code],
  ['JaxLayer', code],
  ['FlaxLayer', code],
  ['TFSMLayer', code],
  ['AutoContrast', changes],
  ['Equalization', changes],
  ['Solarization', changes],
  ['CLAHE', changes],
  ['RandomGrayscale', draws],
  ['MixUp', draws],
]);
