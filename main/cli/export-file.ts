import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { inputError } from '../contract/errors.ts';
import type { Place } from '../engine/data/files/place.ts';
import type { Ends } from '../engine/formats/sparse/ends.ts';
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
  /** Whether its weights alone are rounded to eight bits, so that it answers a little otherwise than the network in float32. */
  readonly roundedWeights: boolean;
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

/**
 * @param options.compile whether the code of a file in C may run on this machine
 * @throws EspalierError naming the file when it is no model that is read, or code that may not run
 */
export async function openExport(
  shown: string,
  cwd: string,
  { compile = false }: { readonly compile?: boolean } = {},
): Promise<ExportFile> {
  const { formatOf, modelPlace } = await import('../engine/formats/read.ts');
  const { readBytes } = await import('../engine/data/files/place.ts');
  const { readCompanion } = await import('../engine/formats/companions.ts');
  const { isWasm } = await import('../engine/evaluate/wasm-model.ts');
  const { readHead } = await import('../engine/formats/head.ts');
  const place = await modelPlace(shown, cwd);
  if (isWasm(await readHead(place))) return openModule(await readBytes(place), shown);
  if (extname(place.full) === '.c') return openC(place, compile);
  const { id, label } = await formatOf(place);
  const { metadata, eightBits, wideWeights, beside, signature, summary } =
    id === 'onnx' ? await aboutOnnx(await readBytes(place), shown) : await aboutNetwork(shown, cwd);
  return {
    format: label,
    formatId: id,
    metadata,
    eightBits,
    roundedWeights: false,
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

/** What is known of an export that has kernels of its own. */
const OWN_KERNELS = { eightBits: false, wideWeights: 0, signature: null, summary: null } as const;

/** One of our WebAssembly modules. */
async function openModule(bytes: Uint8Array, shown: string): Promise<ExportFile> {
  const { readEnds } = await import('../engine/formats/sparse/wasm/sections.ts');
  const { ends, metadata } = await readEnds(bytes, shown);
  return {
    ...{ ...OWN_KERNELS, roundedWeights: false, beside: [] },
    ...{ format: 'WebAssembly', formatId: 'wasm', metadata },
    bytes: async () => bytes.length,
    whole: async () => bytes,
    onData: async () => measurable(bytes, ends),
    sparsity: () => zerosIn(ends),
  };
}

/** A network that we have written as C. @throws EspalierError where its code may not run */
async function openC(place: Place, compile: boolean): Promise<ExportFile> {
  const { readBytes } = await import('../engine/data/files/place.ts');
  const { readCompanion } = await import('../engine/formats/companions.ts');
  const { readAccount } = await import('../engine/formats/sparse/c/account.ts');
  if (!compile) {
    throw inputError('c/code', 'A file in C is a program: to measure it, its code runs on this machine.', {
      file: place.shown,
      remedy: 'Add --compile if you trust where the file comes from.',
    });
  }
  const bytes = await readBytes(place);
  const source = Buffer.from(bytes).toString();
  const { names, ends, metadata } = readAccount(source, place.shown);
  const headerName = `${names.file}.h`;
  const header = Buffer.from(await readCompanion(place, headerName)).toString();
  const roundedWeights = metadata['espalier.precision'] !== undefined;
  return {
    ...{ ...OWN_KERNELS, roundedWeights, beside: [headerName], metadata },
    ...{ format: 'C', formatId: roundedWeights ? 'c-int8' : 'c' },
    bytes: async () => bytes.length + header.length,
    whole: async () => bytes,
    onData: async () => measurable({ source, header }, ends),
    sparsity: () => zerosIn(ends),
  };
}

const zerosIn = ({ weights, kept }: Ends): number => (weights === 0 ? 0 : 1 - kept / weights);

const measurable = (model: OnData['runnable']['model'], { shape, perm, output, kind }: Ends): OnData => ({
  runnable: { model, feed: { shape, ...(perm && { perm }), output, kind } },
  judgement: kind === 'sigmoid' ? 'each class' : 'one class',
  ...{ read: null, notes: [], warnings: [] },
});

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
