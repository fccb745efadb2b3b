import { stat } from 'node:fs/promises';
import type { Dataset } from '../engine/data/dataset.ts';
import type { OnData } from '../engine/evaluate/on-data.ts';
import type { Signature } from '../engine/formats/signature.ts';
import type { OnnxSummary } from '../engine/formats/onnx/summary.ts';

/** A model file that is measured. */
export interface ExportFile {
  /** For people: 'ONNX', 'Espalier archive (.espalier)'. */
  readonly format: string;
  /** For programs: 'onnx', 'keras-h5'. */
  readonly formatId: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether its layers compute in eight bits. */
  readonly eightBits: boolean;
  /** Layers whose weights are signed bytes beyond 7 bits, which not every processor multiplies exactly. */
  readonly wideWeights: number;
  /** Names of the files that belong to it. */
  readonly beside: readonly string[];
  /** What it takes and gives; null where its format has no ends of its own. */
  readonly signature: Signature | null;
  /** Of ONNX files: these may be measured without being read as networks. */
  readonly summary: OnnxSummary | null;
  /** How many bytes it has, with those of the files beside it. */
  bytes(): Promise<number>;
  /** All of its bytes, those of the files beside it too. */
  whole(): Promise<Uint8Array>;
  /**
   * The model fitted to data and ready to run.
   * @param output the name of the output that is wanted
   * @throws EspalierError when it is for other data
   */
  onData(dataset: Dataset, output?: string): Promise<OnData>;
  /** Share of zeros among the weights of its layers. */
  sparsity(read: OnData['read']): number;
}

/** @throws EspalierError naming the file when it is no model that is read */
export async function openExport(shown: string, cwd: string): Promise<ExportFile> {
  const { formatOf, modelPlace } = await import('../engine/formats/read.ts');
  const { readBytes } = await import('../engine/data/files/place.ts');
  const { readCompanion } = await import('../engine/formats/companions.ts');
  const { isWasm } = await import('../engine/evaluate/wasm-model.ts');
  const { readHead } = await import('../engine/formats/head.ts');
  const place = await modelPlace(shown, cwd);
  if (isWasm(await readHead(place))) return openModule(await readBytes(place), shown);
  const { id, label } = await formatOf(place);
  const { metadata, eightBits, wideWeights, beside, signature, summary } =
    id === 'onnx' ? await aboutOnnx(await readBytes(place), shown) : await aboutNetwork(shown, cwd);
  return {
    format: label,
    formatId: id,
    metadata,
    eightBits,
    wideWeights,
    beside,
    signature,
    summary,
    async bytes() {
      let { size } = await stat(place.full);
      for (const name of beside) size += (await readCompanion(place, name)).length;
      return size;
    },
    async whole() {
      const parts: Uint8Array[] = [await readBytes(place)];
      for (const name of beside) parts.push(await readCompanion(place, name));
      return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
    },
    async onData(dataset, output) {
      const { openOnData } = await import('../engine/evaluate/on-data.ts');
      return openOnData(shown, cwd, dataset, output);
    },
    sparsity: (read) => (summary === null || read !== null ? sparsityIn(read) : sparsityOf(summary)),
  };
}

/** One of our WebAssembly modules. */
async function openModule(bytes: Uint8Array, shown: string): Promise<ExportFile> {
  const { readEnds } = await import('../engine/formats/sparse/wasm/sections.ts');
  const { ends, metadata } = await readEnds(bytes, shown);
  const { shape, perm, output, kind, weights, kept } = ends;
  return {
    format: 'WebAssembly',
    formatId: 'wasm',
    metadata,
    ...{ eightBits: false, wideWeights: 0, beside: [], signature: null, summary: null },
    bytes: async () => bytes.length,
    whole: async () => bytes,
    onData: async () => ({
      runnable: { model: bytes, feed: { shape, ...(perm && { perm }), output, kind } },
      judgement: kind === 'sigmoid' ? 'each class' : 'one class',
      ...{ read: null, notes: [], warnings: [] },
    }),
    sparsity: () => (weights === 0 ? 0 : 1 - kept / weights),
  };
}

type About = Pick<ExportFile, 'metadata' | 'eightBits' | 'wideWeights' | 'beside' | 'signature' | 'summary'>;

async function aboutOnnx(bytes: Uint8Array, shown: string): Promise<About> {
  const { summarizeOnnx } = await import('../engine/formats/onnx/summary.ts');
  const { decodeModel } = await import('../engine/formats/onnx/read/decode.ts');
  const { externalFiles, signatureOf } = await import('../engine/formats/onnx/import.ts');
  const summary = summarizeOnnx(bytes, shown);
  const model = decodeModel(bytes, shown);
  return {
    metadata: summary.metadata,
    eightBits: summary.eightBits,
    wideWeights: summary.wideWeights.length,
    beside: [...externalFiles(model)],
    signature: signatureOf(model),
    summary,
  };
}

async function aboutNetwork(shown: string, cwd: string): Promise<About> {
  const { readModel } = await import('../engine/formats/read.ts');
  const { metadata, beside, signature = null } = await readModel(shown, cwd);
  return { metadata, eightBits: false, wideWeights: 0, beside, signature, summary: null };
}

function sparsityIn(read: OnData['read']): number {
  let [all, zeros] = [0, 0];
  for (const [name, { role }] of Object.entries(read?.network.params ?? {})) {
    if (role !== 'weight') continue;
    const data = read?.weights.get(name)?.data ?? new Float32Array();
    all += data.length;
    zeros += data.reduce((n, value) => n + Number(value === 0), 0);
  }
  return all === 0 ? 0 : zeros / all;
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
