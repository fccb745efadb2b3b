import { sizeOf } from '../../../network/graph.ts';
import type { AboutNetwork } from '../about.ts';
import { aboutLines } from '../about.ts';
import type { Plan } from '../plan.ts';
import { openText } from './runtime.ts';

/** model.mjs: an ES module without dependencies that loads model.wasm. */
export function moduleText(): string {
  return `// Runs model.wasm: in Node.js, Deno, browsers, workers and bundlers. Written by Espalier.

const openModel = ${openText({ threads: true })};

/**
 * Loads the network.
 * @param {string | URL | ArrayBuffer | Uint8Array | Response} [source] model.wasm: where it is (beside this file, if left out), or its bytes
 * @param {{ threads?: number }} [options]
 */
export async function load(source, options) {
  const known = ['string', 'undefined'].includes(typeof source) || ArrayBuffer.isView(source) || source instanceof URL;
  const isOptions = !known && !(source instanceof ArrayBuffer) && !(typeof Response !== 'undefined' && source instanceof Response);
  const { threads = 1 } = (isOptions ? source : options) ?? {};
  const place = isOptions || source === undefined ? new URL('./model.wasm', import.meta.url) : source;
  return openModel(await bytesOf(place), { threads, start });
}

/** A thread, in Node.js, Deno or a browser. */
async function start(program) {
  // Some programs give Node.js a Worker of browsers.
  const inNode = typeof process !== 'undefined' && process.versions?.node && typeof document === 'undefined' && typeof Deno === 'undefined';
  if (inNode) {
    const { Worker: NodeWorker } = await import(/* @vite-ignore */ 'node:worker_threads');
    const around = "const { parentPort } = require('node:worker_threads');"
      + "parentPort.once('message', (share) => begin(share, () => parentPort.postMessage('ready')));";
    const worker = new NodeWorker(program + around, { eval: true });
    return {
      ready: (share) => new Promise((take, fail) => {
        worker.once('error', fail);
        // Nothing waits for a thread that only helps.
        worker.once('message', () => (worker.unref(), take()));
        worker.postMessage(share);
      }),
      end: () => void worker.terminate(),
    };
  }
  const around = "onmessage = ({ data }) => begin(data, () => postMessage('ready'));";
  const url = URL.createObjectURL(new Blob([program + around], { type: 'text/javascript' }));
  const worker = new Worker(url);
  return {
    ready: (share) => new Promise((take, fail) => {
      worker.onerror = ({ message }) => fail(new Error(message));
      worker.onmessage = () => (URL.revokeObjectURL(url), take());
      worker.postMessage(share);
    }),
    end: () => worker.terminate(),
  };
}

async function bytesOf(source) {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (typeof Response !== 'undefined' && source instanceof Response) return new Uint8Array(await source.arrayBuffer());
  const url = new URL(source, import.meta.url);
  if (url.protocol === 'file:' && typeof process !== 'undefined') {
    const { readFile } = await import(/* @vite-ignore */ 'node:fs/promises');
    return new Uint8Array(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(\`\${url} could not be loaded: \${response.status} \${response.statusText}\`);
  return new Uint8Array(await response.arrayBuffer());
}
`;
}

/** model.d.mts: the types of model.mjs. */
export function typesText({ outputs }: Plan): string {
  const result = outputs.length === 1 ? 'Float32Array' : 'Record<string, Float32Array>';
  return `/** One input or output; the shape is that of one sample, row-major. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Info {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** What the classes are called, in the order of the scores. */
  readonly labels: readonly string[];
  /** What samples are normalised with, by channel: (value - mean) / std. */
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] } | null;
  readonly report: { readonly accuracy: number | null; readonly sparsity: number | null };
}

export interface Model {
  readonly info: Info;
  /** How many threads it runs on. */
  readonly threads: number;
  /** Runs as many samples as the arrays hold, one behind the other. */
  run(...inputs: ArrayLike<number>[]): ${result};
  /** Samples as the network takes them, from numbers as the data have them. */
  normalize(values: ArrayLike<number>): Float32Array;
  /** Ends its other threads, where it has some. */
  close(): void;
}

export interface Options {
  /** How many threads compute; one where there is no shared memory. The answers are the same, bit by bit. */
  readonly threads?: number;
}

/** Loads the network. @param source where model.wasm is, or its bytes; beside model.mjs if left out */
export function load(
  source?: string | URL | ArrayBuffer | Uint8Array | Response,
  options?: Options,
): Promise<Model>;
export function load(options: Options): Promise<Model>;
`;
}

/** The ten lines that use it. */
export function readmeText(plan: Plan, about: AboutNetwork): string {
  const [input] = plan.inputs;
  const [output] = plan.outputs;
  const labels = about.labels.length > 0 ? '\nconsole.log(model.info.labels[best]);' : '';
  return `# ${plan.name} in WebAssembly

${aboutLines(about)
  .map((line) => `- ${line}`)
  .join('\n')}

\`\`\`js
import { load } from './model.mjs';

const model = await load();
// One sample of ${input?.shape.join(' x ') ?? ''}, row-major, with values as the data have them.
const sample = new Float32Array(${sizeOf(input?.shape ?? [])});
const scores = model.run(model.normalize(sample));
const best = scores.indexOf(Math.max(...scores));${labels}
\`\`\`

\`run\` takes any number of samples, one behind the other, and gives ${sizeOf(output?.shape ?? [])} numbers for each. \`model.info\` has shapes,
classes and normalisation, and \`load({ threads: 2 })\` computes on two threads with the same answers. \`model.wasm\` and \`model.mjs\` belong together; nothing else is needed, in Node.js 20 or newer, Deno, and browsers
with SIMD in WebAssembly (since 2021; Safari since 2023).
`;
}
