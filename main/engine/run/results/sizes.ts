import { EspalierError } from '../../../contract/errors.ts';
import type { SizeReport } from '../../../contract/report.ts';
import { fileSize } from '../../evaluate/size.ts';
import type { ExportedFile } from '../../formats/export-format.ts';
import type { Exports } from './exports.ts';

/** The forms whose sizes a report compares: as trained, zeros left out, packed for download, and in eight bits. */
const FORMS = ['onnx', 'onnx-sparse', 'espalier', 'onnx-int8'] as const;

/** A form of the network, encoded and measured. */
export interface MeasuredForm {
  readonly size: SizeReport;
  readonly file: ExportedFile;
}

/** The network in each form, really encoded. A form that this network cannot take is left out. */
export async function measureForms(exports: Exports): Promise<MeasuredForm[]> {
  const found: MeasuredForm[] = [];
  for (const format of FORMS) {
    const file = await encoded(exports, format);
    if (file === undefined) continue;
    const size = { format, ...fileSize(file.bytes), accuracy: file.accuracy ?? null, latencyMs: null };
    found.push({ size, file });
  }
  return found;
}

async function encoded(exports: Exports, format: string): Promise<ExportedFile | undefined> {
  try {
    return (await exports.files(format))[0];
  } catch (error) {
    if (error instanceof EspalierError) return undefined;
    throw error;
  }
}
