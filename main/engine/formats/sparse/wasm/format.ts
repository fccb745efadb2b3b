import type { ExportFormat } from '../../export-format.ts';
import { withChanges } from '../../metadata.ts';
import { aboutOf } from '../about.ts';
import { makePlan } from '../make-plan.ts';
import { planOf } from '../request.ts';
import { WASM } from '../tuning.ts';
import { endsOf } from './sections.ts';
import { moduleText, readmeText, typesText } from './texts.ts';
import { writeWasm } from './write.ts';

/** model.wasm with what loads it: kernels that compute only what is not pruned. */
export const wasm: ExportFormat = {
  id: 'wasm',
  label: 'WebAssembly',
  summary: 'a module that skips zeros, for browsers and Node.js, with nothing to install',
  extension: '.wasm',
  check: (network, weights) => void makePlan(network, weights, new Map(), WASM),
  write(request) {
    const { plan, notes } = planOf(request, WASM);
    const about = aboutOf(request.metadata);
    const { name, inputs, outputs } = plan;
    const { labels, normalization, ...report } = about;
    return [
      {
        name: 'model.wasm',
        kind: 'wasm',
        bytes: writeWasm(
          plan,
          { name, inputs, outputs, labels, normalization, report },
          { ends: endsOf(plan, request), metadata: withChanges(request.metadata, notes) },
        ),
        notes,
      },
      { name: 'model.mjs', kind: 'wasm-loader', bytes: Buffer.from(moduleText()) },
      { name: 'model.d.mts', kind: 'wasm-types', bytes: Buffer.from(typesText(plan)) },
      { name: 'README-wasm.md', kind: 'wasm-readme', bytes: Buffer.from(readmeText(plan, about)) },
    ];
  },
};
