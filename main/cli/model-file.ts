import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inputError } from '../contract/errors.ts';
import { fileError } from '../files/problems.ts';

/** The largest file that onnxruntime's buffers and protobuf's lengths allow. */
const MAX_MODEL_BYTES = 2 ** 31 - 1;

/**
 * The ONNX model that is meant: a file, or the one that a finished run left in its folder.
 * @returns its path as the user named it, or inside the run's folder that the user named
 * @throws EspalierError naming the file where there is none, or one too large to read
 */
export async function modelFileOf(shown: string, cwd: string): Promise<string> {
  const path = resolve(cwd, shown);
  const info = await stat(path).catch((error: unknown) => {
    throw fileError(error, shown, 'read this file');
  });
  if (info.isDirectory()) return modelFileIn(path, shown);
  if (info.size <= MAX_MODEL_BYTES) return shown;
  throw inputError('onnx/too-large', 'ONNX files of 2 GiB and more cannot be read.', { file: shown });
}

/**
 * The ONNX file that a finished run left, inside its folder as the user named that.
 * @throws EspalierError when there is none
 */
export async function modelFileIn(folder: string, shown: string): Promise<string> {
  const { readRunReport } = await import('../jobs/run-folder.ts');
  const report = await readRunReport(folder, shown);
  const model = report.files.find(({ kind }) => kind === 'onnx');
  if (model !== undefined) return join(shown, model.path);
  throw inputError('run/no-onnx', 'This run left no ONNX file.', {
    file: shown,
    remedy: `Write one first: espalier export ${shown} --format onnx --out ${join(shown, 'model.onnx')}`,
  });
}
