import type { Side } from '../../../main/contract/report.ts';
import { formatBytes, formatLarge, formatMs } from '../../text/format.ts';

/** What a network may cost, each an axis that accuracy is laid over. */
export const costs = [
  { id: 'download', label: 'Download (gzip)', of: ({ gzipBytes }: Side) => gzipBytes, format: formatBytes },
  { id: 'size', label: 'Size of the ONNX file', of: ({ onnxBytes }: Side) => onnxBytes, format: formatBytes },
  { id: 'macs', label: 'Multiply-accumulates', of: ({ macs }: Side) => macs, format: formatLarge },
  {
    id: 'latency',
    label: 'Latency, median',
    of: ({ latencyMs }: Side) => latencyMs.median,
    format: formatMs,
  },
  { id: 'parameters', label: 'Parameters', of: ({ parameters }: Side) => parameters, format: formatLarge },
  {
    id: 'nonzero',
    label: 'Parameters that are not zero',
    of: ({ nonzero }: Side) => nonzero,
    format: formatLarge,
  },
] as const;
