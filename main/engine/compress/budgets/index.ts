import { Registry } from '../../base/registry.ts';
import type { BudgetKind } from './budget.ts';
import { channels } from './channels.ts';
import { macs } from './macs.ts';
import { parameters } from './parameters.ts';
import { sparsity } from './sparsity.ts';

export const budgets = new Registry<BudgetKind>('budget', [sparsity, parameters, macs, channels]);
