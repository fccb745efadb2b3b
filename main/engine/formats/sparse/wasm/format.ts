import type { ExportFormat } from '../../export-format.ts';
import { withChanges } from '../../metadata.ts';
import { aboutOf } from '../about.ts';
import { endsOf } from '../ends.ts';
import { makePlan } from '../make-plan.ts';
import { planOf, refuseUnplanned } from '../request.ts';
import { WASM } from '../tuning.ts';
import { demoPage } from './demo.ts';
import { readEnds } from './sections.ts';
import { moduleText, readmeText, typesText } from './texts.ts';
import { writeWasm } from './write.ts';

/** model.wasm with what loads it: kernels that compute only what is not pruned. */
export const wasm: ExportFormat = {
  id: 'wasm',
  skipsZeros: true,
  label: 'WebAssembly',
  summary: 'a module that skips zeros, for browsers and Node.js, with nothing to install',
  extension: '.wasm',
  check: (network, weights) => refuseUnplanned(network, weights, WASM),
  async own([file]) {
    const program = file?.bytes ?? new Uint8Array();
    return { program, ends: (await readEnds(program, file?.name ?? '')).ends };
  },
  write(request) {
    const { plan, notes } = planOf(request, (...of) => makePlan(...of, WASM));
    const about = aboutOf(request.metadata);
    const { name, inputs, outputs } = plan;
    const { labels, normalization, ...report } = about;
    const info = { name, inputs, outputs, labels, normalization, report };
    const ends = endsOf(plan, request);
    const bytes = writeWasm(plan, info, { ends, metadata: withChanges(request.metadata, notes) });
    return [
      { name: 'model.wasm', kind: 'wasm', bytes, notes },
      { name: 'model.mjs', kind: 'wasm-loader', bytes: Buffer.from(moduleText()) },
      { name: 'model.d.mts', kind: 'wasm-types', bytes: Buffer.from(typesText(plan)) },
      { name: 'README-wasm.md', kind: 'wasm-readme', bytes: Buffer.from(readmeText(plan, about)) },
      { name: 'demo.html', kind: 'wasm-demo', bytes: Buffer.from(demoPage(bytes, info, ends.kind)) },
    ];
  },
};
