import type { MetricName } from '../../../main/contract/run.ts';
import { formatLarge, formatNumber, formatPercent, formatShare } from '../../text/format.ts';

interface Curve {
  readonly name: MetricName;
  readonly label: string;
  readonly better: 'higher' | 'lower';
  readonly format: (value: number) => string;
  /** Shorter words for an axis. */
  readonly tick: (value: number) => string;
}

const share = { format: formatPercent, tick: formatShare };
const number = { format: formatNumber, tick: formatNumber };

/** What runs measure over their epochs and can be laid over each other. */
export const curves: readonly Curve[] = [
  { name: 'validation/accuracy', label: 'Validation accuracy', better: 'higher', ...share },
  { name: 'validation/loss', label: 'Validation loss', better: 'lower', ...number },
  { name: 'train/accuracy', label: 'Training accuracy', better: 'higher', ...share },
  { name: 'train/loss', label: 'Training loss', better: 'lower', ...number },
  { name: 'sparsity', label: 'Sparsity', better: 'higher', ...share },
  { name: 'macs', label: 'Multiply-accumulates', better: 'lower', format: formatLarge, tick: formatLarge },
  { name: 'learning-rate', label: 'Learning rate', better: 'lower', ...number },
];
