import type { ExportFormat } from '../../export-format.ts';
import { aboutLines, aboutOf } from '../about.ts';
import { makePlan } from '../make-plan.ts';
import { planOf } from '../request.ts';
import { C } from '../tuning.ts';
import { writeC } from './write.ts';

/** model.c and model.h: C99 that computes only what is not pruned. */
export const c: ExportFormat = {
  id: 'c',
  label: 'C',
  summary: 'C99 without dependencies that skips zeros: for servers, Python and microcontrollers',
  extension: '.c',
  check: (network, weights) => void makePlan(network, weights, new Map(), C),
  write(request) {
    const { plan, notes } = planOf(request, C);
    const title = `${plan.name}, written by Espalier.`;
    const { source, header } = writeC(plan, [title, ...aboutLines(aboutOf(request.metadata))]);
    return [
      { name: 'model.c', kind: 'c', bytes: Buffer.from(source), notes },
      { name: 'model.h', kind: 'c-header', bytes: Buffer.from(header) },
    ];
  },
};
