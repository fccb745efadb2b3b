import { gzipSync } from 'node:zlib';
import type { Term } from '../../../contract/amount.ts';
import { exportFormats } from '../../formats/index.ts';
import type { MeasuredKind, Subject } from './budget.ts';

const WHOLE = { format: 'onnx', gzip: false } as const;

export const bytes: MeasuredKind = {
  id: 'bytes',
  label: 'File size',
  summary: "Bytes of an export's main file, as it lies on the disk or as a download after gzip.",
  zeros({ file = WHOLE }) {
    return file.gzip || exportFormats.get(file.format).skipsZeros
      ? undefined
      : `Zeros take as much room in a file of the format '${file.format}' as other numbers: weigh it after gzip, or in a format for sparse weights (${sparse()}).`;
  },
  async measure({ whole, model }, term, _tools, known) {
    return {
      before: known ?? (await weigh({ ...whole, masks: new Map() }, term)),
      after: await weigh(model, term),
    };
  },
};

async function weigh({ network, weights, masks }: Subject['model'], { file = WHOLE }: Term): Promise<number> {
  const [main] = await exportFormats.get(file.format).write({ network, weights, masks, metadata: {} });
  if (main === undefined) throw new Error(`the format '${file.format}' writes a file`);
  return (file.gzip ? gzipSync(main.bytes, { level: 9 }) : main.bytes).byteLength;
}

/** The formats in which zeros take no room. */
function sparse(): string {
  return exportFormats.items.flatMap(({ id, skipsZeros }) => (skipsZeros ? [id] : [])).join(', ');
}
