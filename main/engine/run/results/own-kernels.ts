import type { ExportedFile } from '../../formats/export-format.ts';
import { readAccount } from '../../formats/sparse/c/account.ts';
import type { Ends } from '../../formats/sparse/ends.ts';
import { readEnds } from '../../formats/sparse/wasm/sections.ts';
import type { Runnable } from '../../evaluate/running-model.ts';
import type { Judgement } from '../../gradients/loss.ts';

/** A form of the network that runs by kernels of its own. */
export interface OwnKernels {
  readonly format: string;
  readonly file: ExportedFile;
  readonly ends: Ends;
  readonly runnable: Runnable;
  readonly judgement: Judgement;
}

/** What runs in the files of a format; undefined for formats that others run. */
export async function ownKernels(
  format: string,
  [file, beside]: readonly ExportedFile[],
): Promise<OwnKernels | undefined> {
  if (file === undefined) return undefined;
  const found = async (ends: Ends, model: Runnable['model']): Promise<OwnKernels> => {
    const { shape, perm, output, kind } = ends;
    const runnable = { model, feed: { shape, ...(perm && { perm }), output, kind } };
    return { format, file, ends, runnable, judgement: kind === 'sigmoid' ? 'each class' : 'one class' };
  };
  switch (format) {
    case 'wasm':
      return found((await readEnds(file.bytes, file.name)).ends, file.bytes);
    case 'c':
    case 'c-int8': {
      const [source, header] = [file, beside].map((each) => Buffer.from(each?.bytes ?? []).toString());
      if (source === undefined || header === undefined) return undefined;
      return found(readAccount(source, file.name).ends, { source, header });
    }
    default:
      return undefined;
  }
}
