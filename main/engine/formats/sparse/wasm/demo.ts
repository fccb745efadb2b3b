import type { HeadKind } from '../../../../contract/head.ts';
import { openText } from './runtime.ts';
import type { Model, ModelInfo } from './runtime.ts';

/** What the page's script is given. */
interface DemoOptions {
  readonly open: (bytes: Uint8Array) => Promise<Model>;
  /** model.wasm, as base64. */
  readonly base64: string;
  /** What the answers are. */
  readonly kind: HeadKind;
}

/** The part of a page that the script uses: Node's types have none of it. */
interface Page {
  readonly document: {
    querySelector(selector: string): Element;
    createElement(name: string): Element;
  };
  createImageBitmap(file: unknown): Promise<unknown>;
}

interface Element {
  textContent: string;
  value: string;
  checked: boolean;
  max: number;
  width: number;
  height: number;
  hidden: boolean;
  readonly files: readonly File[];
  addEventListener(name: string, listener: (event: DropEvent) => void): void;
  append(...parts: Element[]): void;
  replaceChildren(...parts: Element[]): void;
  getContext(kind: '2d'): {
    drawImage(image: unknown, x: number, y: number, width: number, height: number): void;
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
}

interface DropEvent {
  preventDefault(): void;
  readonly dataTransfer: { readonly files: readonly File[] };
}

/**
 * A page that runs a module on a picture or a row of numbers: one file that opens from disk and asks for nothing from outside.
 * @param module model.wasm
 */
export function demoPage(module: Uint8Array, info: ModelInfo, kind: HeadKind): string {
  const image = (info.inputs[0]?.shape.length ?? 0) > 1;
  const title = `${info.name} in this page`;
  const base64 = Buffer.from(module).toString('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src blob: data:">
<title>${escaped(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; color: #1c2420; background: #fbfbf9; }
#drop { border: 2px dashed #7a8a80; border-radius: 8px; padding: 1.5rem; }
textarea { width: 100%; box-sizing: border-box; font: inherit; }
canvas { image-rendering: pixelated; width: 8rem; border: 1px solid #ccd3cd; }
progress { width: 12rem; vertical-align: middle; }
td { padding: 0.1rem 0.75rem 0.1rem 0; }
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>The network runs here, by WebAssembly; nothing leaves this page.</p>
<div id="drop">
${
  image
    ? `<label>Drop a picture here, or choose one: <input type="file" id="file" accept="image/*"></label>
<p><label><input type="checkbox" id="invert"> Dark on light (turn light and dark round)</label></p>
<p><canvas id="seen" hidden aria-label="The picture as the network sees it"></canvas></p>`
    : `<label for="row">A row of numbers, separated by commas, semicolons or spaces (or drop a file with one):</label>
<textarea id="row" rows="4"></textarea>`
}
</div>
<p id="message" role="status" aria-live="polite">Loading.</p>
<table id="scores" aria-label="Scores"></table>
<script>
(${page.toString()})({ open: ${openText({ threads: false })}, kind: ${JSON.stringify(kind)}, base64: '${base64}' });
</script>
</body>
</html>
`;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The page's script. It is written into the page as it stands, and so uses nothing from outside. */
async function page({ open, base64, kind }: DemoOptions): Promise<void> {
  const host = globalThis as unknown as Page;
  const { document } = host;
  const find = (id: string) => document.querySelector(`#${id}`);
  const say = (text: string) => (find('message').textContent = text);
  const model = await open(Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)));
  const { inputs, labels, normalization } = model.info;
  const shape = inputs[0]?.shape ?? [];
  const size = shape.reduce((all, dim) => all * dim, 1);
  const isImage = shape.length > 1;

  function show(values: Float32Array): void {
    const start = performance.now();
    const made = model.run(model.normalize(values));
    const took = performance.now() - start;
    const scores = Array.from(made instanceof Float32Array ? made : (Object.values(made)[0] ?? []));
    let shares = scores;
    if (kind === 'none') {
      const most = Math.max(...scores);
      const exponentials = scores.map((score) => Math.exp(score - most));
      const sum = exponentials.reduce((all, value) => all + value, 0);
      shares = exponentials.map((value) => value / sum);
    } else if (kind === 'log-softmax') shares = scores.map(Math.exp);
    else if (kind === 'single-logit') shares = scores.map((score) => 1 / (1 + Math.exp(-score)));
    if (shares.length === 1) shares = [1 - (shares[0] ?? 0), shares[0] ?? 0];
    const order = [...shares.keys()].sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0)).slice(0, 10);
    const rows = order.map((i) => {
      const [row, name, bar, number] = ['tr', 'td', 'progress', 'td'].map((tag) =>
        document.createElement(tag),
      );
      if (row === undefined || name === undefined || bar === undefined || number === undefined)
        throw new Error();
      name.textContent = labels[i] ?? String(i);
      bar.max = 1;
      bar.value = String(shares[i] ?? 0);
      const cell = document.createElement('td');
      cell.append(bar);
      number.textContent = `${((shares[i] ?? 0) * 100).toFixed(1)} %`;
      row.append(name, cell, number);
      return row;
    });
    find('scores').replaceChildren(...rows);
    say(`${labels[order[0] ?? 0] ?? String(order[0] ?? 0)}, in ${took.toFixed(2)} ms.`);
  }

  /** A picture in the order of the network's input, in the units of the data. */
  async function picture(file: File): Promise<Float32Array> {
    const last = shape.length === 3 && (shape[0] ?? 0) > 4 && (shape[2] ?? 0) <= 4;
    const [channels = 1, height = 1, width = 1] = last
      ? [shape[2], shape[0], shape[1]]
      : shape.length === 2
        ? [1, ...shape]
        : shape;
    const canvas = find('seen');
    [canvas.width, canvas.height, canvas.hidden] = [width, height, false];
    const drawing = canvas.getContext('2d');
    drawing.drawImage(await host.createImageBitmap(file), 0, 0, width, height);
    const { data } = drawing.getImageData(0, 0, width, height);
    // Data with means of no more than 1 have pixels from 0 to 1, others from 0 to 255.
    const unit = normalization !== null && Math.max(...normalization.mean) <= 1 ? 255 : 1;
    const values = new Float32Array(size);
    for (let place = 0; place < width * height; place++) {
      const [red = 0, green = 0, blue = 0] = data.subarray(place * 4, place * 4 + 3);
      const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
      for (let channel = 0; channel < channels; channel++) {
        const light = channels === 1 ? grey : ([red, green, blue][channel] ?? 255);
        const value = (find('invert').checked ? 255 - light : light) / unit;
        values[last ? place * channels + channel : channel * width * height + place] = value;
      }
    }
    return values;
  }

  async function take(work: () => Promise<Float32Array>): Promise<void> {
    try {
      show(await work());
    } catch (error) {
      find('scores').replaceChildren();
      say(error instanceof Error ? error.message : String(error));
    }
  }

  function numbers(text: string): Float32Array {
    const parts = text.trim().split(/[\s,;]+/);
    const values = Float32Array.from(parts, Number);
    const wrong = parts.findIndex((part) => part === '' || Number.isNaN(Number(part)));
    if (wrong >= 0) throw new Error(`'${parts[wrong] ?? ''}' is no number.`);
    if (values.length !== size) throw new Error(`A row has ${size} numbers; this has ${values.length}.`);
    return values;
  }

  let chosen: File | undefined;
  const given = (file: File | undefined) => {
    chosen = file;
    if (file === undefined) return;
    void take(async () => (isImage ? picture(file) : numbers(await file.text())));
  };
  const drop = find('drop');
  drop.addEventListener('dragover', (event) => event.preventDefault());
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    given(event.dataTransfer.files[0]);
  });
  if (isImage) {
    find('file').addEventListener('change', () => given(find('file').files[0]));
    find('invert').addEventListener('change', () => given(chosen));
  } else {
    find('row').addEventListener('input', () => void take(async () => numbers(find('row').value)));
  }
  say('Ready.');
}
