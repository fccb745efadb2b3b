import { EspalierError, inputError } from '../../../contract/errors.ts';
import type { Dataset } from '../../data/dataset.ts';
import { evaluateExactly, kernelWarning } from '../../evaluate/exact.ts';
import { evaluateOnnx } from '../../evaluate/parity.ts';
import { exportFormats } from '../../formats/index.ts';
import type { ExportedFile, ExportRequest } from '../../formats/export-format.ts';
import type { Network, WeightSet } from '../../network/graph.ts';

/** @throws EspalierError when the network has a layer that one of the formats cannot write */
export function refuseUnwritable(ids: readonly string[], network: Network, weights: WeightSet): void {
  for (const id of ids) {
    try {
      exportFormats.get(id, 'export').check?.(network, weights);
    } catch (error) {
      if (!(error instanceof EspalierError)) throw error;
      throw inputError(error.problem.code, `This network cannot be written as '${id}': ${error.message}`, {
        field: 'export',
        remedy: `Take '${id}' out of export, or choose 'onnx', which can write every layer.`,
      });
    }
  }
}

/** One network's exports. Each format is written at most once, however many ask for it. */
export class Exports {
  private readonly request: ExportRequest;
  private readonly written = new Map<string, Promise<ExportedFile[]>>();

  constructor(request: Omit<ExportRequest, 'measure' | 'score'>) {
    const measure = async (model: Uint8Array, dataset: Dataset) => {
      const { result, exact } = await evaluateExactly(model, dataset);
      return { accuracy: result.accuracy, exact };
    };
    const score = async (model: Uint8Array, dataset: Dataset) =>
      (await evaluateOnnx(model, dataset)).accuracy;
    this.request = { ...request, measure, score };
  }

  /** @throws EspalierError naming what the format cannot write */
  files(id: string): Promise<ExportedFile[]> {
    const known = this.written.get(id) ?? this.write(id);
    this.written.set(id, known);
    return known;
  }

  private async write(id: string): Promise<ExportedFile[]> {
    const files = await exportFormats.get(id, 'export').write(this.request);
    return files.map((file) => {
      const warning = kernelWarning(file.name, file.accuracy ?? 0, file.exact ?? null);
      return warning === undefined ? file : { ...file, notes: [...(file.notes ?? []), warning] };
    });
  }
}
