import { EspalierError } from '../../../contract/errors.ts';
import type { SizeReport } from '../../../contract/report.ts';
import { measureLatency } from '../../evaluate/latency.ts';
import { fileSize } from '../../evaluate/size.ts';
import type { ExportedFile } from '../../formats/export-format.ts';
import type { Exports } from './exports.ts';

/** The forms whose sizes a report compares: as trained, zeros left out, packed for download, skipping zeros, and in eight bits. */
const FORMS = ['onnx', 'onnx-sparse', 'espalier', 'wasm', 'onnx-int8'] as const;
/** One more, where the recipe asks for the file. */
const ASKED = 'onnx-int8-7bit';

/** A form of the network, encoded and measured. */
export interface MeasuredForm {
  readonly size: SizeReport;
  readonly file: ExportedFile;
}

/**
 * The network in each form, really encoded. A form that this network cannot take is left out.
 * @param asked formats that the recipe exports
 */
export async function measureForms(exports: Exports, asked: readonly string[]): Promise<MeasuredForm[]> {
  const found: MeasuredForm[] = [];
  for (const format of asked.includes(ASKED) ? [...FORMS, ASKED] : FORMS) {
    const file = await encoded(exports, format);
    if (file === undefined) continue;
    const { accuracy = null, exact = null } = file;
    const size = { format, ...fileSize(file.bytes), accuracy, exact, latencyMs: null, besideMs: null };
    found.push({ size, file });
  }
  return found;
}

/** Seconds of timing a module beside the reference. */
const SECONDS = 3;

/**
 * The forms with the times of those that need no onnxruntime, on one thread, in turn with the reference in onnxruntime.
 * @param reference the network that the report compares with, as ONNX
 */
export async function timeModules(
  forms: readonly MeasuredForm[],
  reference: Uint8Array,
  sampleShape: readonly number[],
): Promise<MeasuredForm[]> {
  const module = forms.find(({ size }) => size.format === 'wasm');
  if (module === undefined) return [...forms];
  const [besideMs = null, latencyMs = null] = await measureLatency([reference, module.file.bytes], {
    sampleShape,
    threads: 1,
    seconds: SECONDS,
  });
  return forms.map((form) =>
    form === module ? { ...form, size: { ...form.size, besideMs, latencyMs } } : form,
  );
}

async function encoded(exports: Exports, format: string): Promise<ExportedFile | undefined> {
  try {
    return (await exports.files(format))[0];
  } catch (error) {
    if (error instanceof EspalierError) return undefined;
    throw error;
  }
}
