import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inputError } from '../contract/errors.ts';
import { fileError } from '../files/problems.ts';

/** The largest file that onnxruntime's buffers and protobuf's lengths allow. */
const MAX_MODEL_BYTES = 2 ** 31 - 1;

export interface ModelFile {
  readonly bytes: Uint8Array;
  /** As the user named it, or inside the run's folder that the user named. */
  readonly file: string;
  /** The run's folder, when one was given. */
  readonly folder: string | null;
}

/**
 * Reads an ONNX model: a file, or the one that a finished run left in its folder.
 * @throws EspalierError naming the file
 */
export async function readModelFile(shown: string, cwd: string): Promise<ModelFile> {
  const path = resolve(cwd, shown);
  const info = await stat(path).catch((error: unknown) => {
    throw fileError(error, shown, 'read this file');
  });
  if (!info.isDirectory()) return { bytes: await readBytes(path, shown), file: shown, folder: null };
  const file = await modelFileIn(path, shown);
  return { bytes: await readBytes(resolve(cwd, file), file), file, folder: path };
}

/**
 * The ONNX file that a finished run left, inside its folder as the user named that.
 * @throws EspalierError when there is none
 */
export async function modelFileIn(folder: string, shown: string): Promise<string> {
  const { readRunReport } = await import('./run-folder.ts');
  const report = await readRunReport(folder, shown);
  const model = report.files.find(({ kind }) => kind === 'onnx');
  if (model !== undefined) return join(shown, model.path);
  throw inputError('run/no-onnx', 'This run left no ONNX file.', {
    file: shown,
    remedy: `Write one first: espalier export ${shown} --format onnx --out ${join(shown, 'model.onnx')}`,
  });
}

async function readBytes(path: string, shown: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_MODEL_BYTES) {
      throw inputError('onnx/too-large', 'ONNX files of 2 GiB and more cannot be read.', { file: shown });
    }
    return await readFile(path);
  } catch (error) {
    throw error instanceof Error && 'problem' in error ? error : fileError(error, shown, 'read this file');
  }
}
