import type { Dataset } from '../engine/data/dataset.ts';
import type { OnnxSummary } from '../engine/formats/onnx/summary.ts';

/** A model file that is measured. */
export interface ExportFile {
  /** For people: 'ONNX', 'Espalier archive (.espalier)'. */
  readonly format: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether its layers compute in eight bits. */
  readonly eightBits: boolean;
  /** Layers whose weights are signed bytes beyond 7 bits, which not every processor multiplies exactly. */
  readonly wideWeights: number;
  /** Share of zeros among the weights of its layers. */
  readonly sparsity: number;
  /** All of its bytes, those of the files beside it too. */
  whole(): Promise<Uint8Array>;
  /**
   * The model as onnxruntime takes it: an ONNX file itself where it takes the data's samples, anything else written as ONNX.
   * @throws EspalierError when it is for other data
   */
  runnable(dataset: Dataset): Promise<Uint8Array>;
}

/** @throws EspalierError naming the file when it is no model that is read */
export async function openExport(shown: string, cwd: string, output?: string): Promise<ExportFile> {
  const { formatOf, modelPlace } = await import('../engine/formats/read.ts');
  const { readBytes } = await import('../engine/data/files/place.ts');
  const place = await modelPlace(shown, cwd);
  const format = await formatOf(place);
  if (format.id !== 'onnx') return openNetwork(shown, cwd, output);
  const { summarizeOnnx } = await import('../engine/formats/onnx/summary.ts');
  const bytes = await readBytes(place);
  const summary = summarizeOnnx(bytes, shown);
  const { eightBits } = summary;
  return {
    format: format.label,
    metadata: summary.metadata,
    eightBits,
    wideWeights: summary.wideWeights.length,
    sparsity: sparsityOf(summary),
    whole: () => Promise.resolve(bytes),
    async runnable(dataset) {
      const { takes } = await import('../engine/evaluate/onnx-model.ts');
      if (eightBits || (await takes(bytes, dataset.sampleShape))) return bytes;
      return (await openNetwork(shown, cwd, output)).runnable(dataset);
    },
  };
}

/** A file that is read as a network and written as ONNX for measuring. */
async function openNetwork(shown: string, cwd: string, output: string | undefined): Promise<ExportFile> {
  const { modelPlace, readModel } = await import('../engine/formats/read.ts');
  const { network, weights, metadata, format, beside } = await readModel(shown, cwd);
  const values = Object.entries(network.params)
    .filter(([, { role }]) => role === 'weight')
    .map(([name]) => weights.get(name)?.data ?? new Float32Array());
  const all = values.reduce((sum, { length }) => sum + length, 0);
  const zeros = values.reduce((sum, data) => data.reduce((n, value) => n + Number(value === 0), sum), 0);
  return {
    format: format.label,
    metadata,
    eightBits: false,
    wideWeights: 0,
    sparsity: all === 0 ? 0 : zeros / all,
    async whole() {
      const { readBytes } = await import('../engine/data/files/place.ts');
      const { readCompanion } = await import('../engine/formats/companions.ts');
      const place = await modelPlace(shown, cwd);
      const parts: Uint8Array[] = [await readBytes(place)];
      for (const name of beside) parts.push(await readCompanion(place, name));
      return Buffer.concat(parts);
    },
    async runnable(dataset) {
      const { fitModel } = await import('../engine/evaluate/fit-model.ts');
      const { writeOnnx } = await import('../engine/formats/onnx/write.ts');
      const fitted = await fitModel({ network, weights }, dataset, shown, output);
      return writeOnnx(fitted.network, fitted.weights);
    },
  };
}

function sparsityOf({ tensors, weights }: OnnxSummary): number {
  const names = new Set(weights);
  let [all, kept] = [0, 0];
  for (const { name, elements, nonzero } of tensors) {
    if (!names.has(name) || nonzero === null) continue;
    all += elements;
    kept += nonzero;
  }
  return all === 0 ? 0 : 1 - kept / all;
}
