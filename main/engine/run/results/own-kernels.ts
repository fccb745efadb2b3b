import type { ExportedFile } from '../../formats/export-format.ts';
import { exportFormats } from '../../formats/index.ts';
import type { Ends } from '../../formats/sparse/ends.ts';
import type { Runnable } from '../../evaluate/running-model.ts';
import type { Judgement } from '../../gradients/loss.ts';

/** A form of the network that runs by kernels of its own. */
export interface OwnKernels {
  readonly file: ExportedFile;
  readonly ends: Ends;
  readonly runnable: Runnable;
  readonly judgement: Judgement;
}

/** What runs in the files of a format; undefined for formats that others run. */
export async function ownKernels(
  format: string,
  files: readonly ExportedFile[],
): Promise<OwnKernels | undefined> {
  const [file] = files;
  const own = await exportFormats.get(format).own?.(files);
  if (file === undefined || own === undefined) return undefined;
  const { shape, perm, output, kind } = own.ends;
  const runnable = { model: own.program, feed: { shape, ...(perm && { perm }), output, kind } };
  return { file, ends: own.ends, runnable, judgement: kind === 'sigmoid' ? 'each class' : 'one class' };
}
