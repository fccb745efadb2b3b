import type { Report, Side } from '../../../contract/report.ts';

/**
 * A finished run's results by name: 'compressed/accuracy' (a fraction of the test samples), 'dense/macs', and what is left of the
 * network before pruning as shares ('kept/macs').
 */
export function resultsOf(report: Report): Map<string, number> {
  const { original, dense, compressed } = report;
  const found = new Map<string, number>();
  const add = (side: string, measured: Side | null) => {
    for (const [name, value] of measured === null ? [] : figures(measured))
      if (value !== null) found.set(`${side}/${name}`, value);
  };
  add('compressed', compressed);
  add('dense', dense);
  add('original', original);
  const before = original ?? dense;
  if (before !== null) {
    const share = (name: string, left: number, whole: number) =>
      whole > 0 && found.set(`kept/${name}`, left / whole);
    share('parameters', compressed.nonzero, before.parameters);
    share('macs', compressed.macs, before.macs);
    share('effective-macs', compressed.effectiveMacs, before.macs);
    share('bytes', compressed.onnxBytes, before.onnxBytes);
  }
  return found;
}

function figures(side: Side): [string, number | null][] {
  return [
    ['accuracy', side.accuracy],
    ['loss', side.loss],
    ['top5', side.top5],
    ['f1-micro', side.f1?.micro ?? null],
    ['f1-macro', side.f1?.macro ?? null],
    ['sparsity', side.sparsity],
    ['parameters', side.parameters],
    ['nonzero', side.nonzero],
    ['macs', side.macs],
    ['effective-macs', side.effectiveMacs],
    ['onnx-bytes', side.onnxBytes],
    ['gzip-bytes', side.gzipBytes],
    ['latency-ms', side.latencyMs.median],
  ];
}

/** The last step that a run took. */
export function lastStep({ history }: Report): number {
  return history.reduce((last, { step }) => Math.max(last, step), 0);
}
