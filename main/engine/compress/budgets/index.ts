import { Registry } from '../../base/registry.ts';
import type { AmountKind } from '../../../contract/amount.ts';
import type { BudgetKind, CountedKind } from './budget.ts';
import { bytes } from './bytes.ts';
import { channels } from './channels.ts';
import { layers } from './layers.ts';
import { latency } from './latency.ts';
import { macs } from './macs.ts';
import { memory } from './memory.ts';
import { parameters } from './parameters.ts';
import { sparsity } from './sparsity.ts';

export const budgets = new Registry<BudgetKind>('budget', [
  sparsity,
  parameters,
  macs,
  channels,
  layers,
  memory,
  bytes,
  latency,
]);

/** An amount that a network's graph and masks tell. @throws Error for one that must be measured */
export function countedOf(id: AmountKind): CountedKind {
  const kind = budgets.get(id);
  if ('of' in kind) return kind;
  throw new Error(`'${id}' is measured, not counted`);
}
