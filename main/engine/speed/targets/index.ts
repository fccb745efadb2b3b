import type { TargetId } from '../../../contract/targets.ts';
import type { Target } from '../target.ts';
import { c } from './c.ts';
import { onnxruntime } from './onnxruntime.ts';
import { wasm } from './wasm.ts';

/** All targets, in the order in which people see them. */
const targets: Readonly<Record<TargetId, Target>> = { onnxruntime, wasm, c };

export const targetOf = (id: TargetId): Target => targets[id];
