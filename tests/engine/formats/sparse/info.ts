import type { Plan } from '../../../../main/engine/formats/sparse/plan.ts';
import type { ModelInfo } from '../../../../main/engine/formats/sparse/wasm/runtime.ts';

/** What a module says of itself that is of no run. */
export const infoOf = ({ name, inputs, outputs }: Plan): ModelInfo => ({
  ...{ name, inputs, outputs, labels: [], normalization: null },
  report: { accuracy: null, sparsity: null },
});
