import { EspalierError } from '../../../contract/errors.ts';
import type { SizeReport } from '../../../contract/report.ts';
import { measureLatency } from '../../evaluate/latency.ts';
import { openRunning } from '../../evaluate/running-model.ts';
import { fileSize } from '../../evaluate/size.ts';
import type { ExportedFile } from '../../formats/export-format.ts';
import type { RunContext } from '../context.ts';
import { find } from '../stages/warnings.ts';
import { checkOwn } from './check-own.ts';
import type { Exports } from './exports.ts';
import { ownKernels, type OwnKernels } from './own-kernels.ts';

/** The forms whose sizes a report compares: as trained, zeros left out, packed for download, skipping zeros, and in eight bits. */
const FORMS = ['onnx', 'onnx-sparse', 'espalier', 'wasm', 'onnx-int8'] as const;
/** More, where the recipe asks for the files. */
const ASKED = ['onnx-int8-7bit', 'c', 'c-int8'] as const;

/** A form of the network, encoded and measured. */
export interface MeasuredForm {
  readonly size: SizeReport;
  readonly file: ExportedFile;
  /** What runs it, where that is not onnxruntime. */
  readonly own: OwnKernels | undefined;
}

/**
 * The network in each form, really encoded. A form that this network cannot take is left out. Those that are handed over and have
 * kernels of their own are scored too.
 * @throws EspalierError 'export/differs' where one does not compute what was trained
 */
export async function measureForms(context: RunContext, exports: Exports): Promise<MeasuredForm[]> {
  const asked: readonly string[] = context.recipe.export;
  const found: MeasuredForm[] = [];
  for (const format of [...FORMS, ...ASKED.filter((id) => asked.includes(id))]) {
    const files = await encoded(exports, format);
    const [file] = files;
    if (file === undefined) continue;
    const own = await running(context, await ownKernels(format, files));
    const scored = own !== undefined && asked.includes(format) ? await checkOwn(context, own) : undefined;
    const { accuracy = scored ?? null, exact = null } = file;
    const size = { format, ...fileSize(file.bytes), accuracy, exact, latencyMs: null, besideMs: null };
    found.push({ size, file, own });
  }
  return found;
}

/** The same where it can run here: C wants a compiler. */
async function running(context: RunContext, own: OwnKernels | undefined): Promise<OwnKernels | undefined> {
  if (own === undefined || own.runnable.model instanceof Uint8Array) return own;
  const { name } = own.file;
  try {
    const opened = await openRunning(own.runnable, { file: name });
    await opened.close();
    return own;
  } catch (error) {
    if (!(error instanceof EspalierError)) throw error;
    find(
      context,
      `Neither the accuracy nor the time of ${name} has been measured on this machine. ${error.message}`,
    );
    return undefined;
  }
}

/** Seconds of timing one of them, or the reference beside them. */
const SECONDS = 0.25;

/**
 * The forms with the times of those that need no onnxruntime, on one thread, in turn with the reference in onnxruntime.
 * @param reference the network that the report compares with, as ONNX
 */
export async function timeOwn(
  forms: readonly MeasuredForm[],
  reference: Uint8Array,
  sampleShape: readonly number[],
): Promise<MeasuredForm[]> {
  const timed = forms.filter(({ own }) => own !== undefined);
  if (timed.length === 0) return [...forms];
  const models = timed.flatMap(({ own }) => (own === undefined ? [] : [own.runnable]));
  const [besideMs = null, ...times] = await measureLatency([reference, ...models], {
    sampleShape,
    threads: 1,
    seconds: SECONDS * (1 + models.length),
  });
  return forms.map((form) => {
    const latencyMs = times[timed.indexOf(form)];
    return latencyMs === undefined ? form : { ...form, size: { ...form.size, besideMs, latencyMs } };
  });
}

/** None where the network cannot take this form. */
async function encoded(exports: Exports, format: string): Promise<readonly ExportedFile[]> {
  try {
    return await exports.files(format);
  } catch (error) {
    if (error instanceof EspalierError) return [];
    throw error;
  }
}
