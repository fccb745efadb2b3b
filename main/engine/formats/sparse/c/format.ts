import { EspalierError } from '../../../../contract/errors.ts';
import { formatPercent } from '../../../../words/format.ts';
import { foldBatchNorm } from '../../../network/fold-batch-norm.ts';
import { maskedSet } from '../../../network/masked.ts';
import type { ExportedFile, ExportFormat, ExportRequest } from '../../export-format.ts';
import { withChanges } from '../../metadata.ts';
import { writeOnnx } from '../../onnx/write.ts';
import { aboutLines, aboutOf } from '../about.ts';
import { endsOf } from '../ends.ts';
import { planOf, refuseUnplanned } from '../request.ts';
import { roundedSet } from '../rounded.ts';
import { C } from '../tuning.ts';
import { readAccount } from './account.ts';
import { EIGHT_BITS, FLOAT32 } from './names.ts';
import { planForC } from './plan.ts';
import { writeC } from './write.ts';

/** C99 that computes only what is not pruned. */
export const c: ExportFormat = {
  id: 'c',
  label: 'C',
  summary: 'C99 without dependencies that skips zeros: for servers, Python and microcontrollers',
  extension: '.c',
  check: (network, weights) => refuseUnplanned(network, weights, C),
  own([source, header]) {
    const text = (file: ExportedFile | undefined) => Buffer.from(file?.bytes ?? []).toString();
    const program = { source: text(source), header: text(header) };
    return { program, ends: readAccount(program.source, source?.name ?? '').ends };
  },
  write(request) {
    const { plan, notes } = planOf(request, planForC);
    const metadata = withChanges(request.metadata, notes);
    const account = { ends: endsOf(plan, request), metadata };
    const { source, header } = writeC(plan, aboutC(plan.name, request.metadata), { account });
    return [
      { name: `${FLOAT32.file}.c`, kind: 'c', bytes: Buffer.from(source), notes },
      { name: `${FLOAT32.file}.h`, kind: 'c-header', bytes: Buffer.from(header) },
    ];
  },
};

/** The same with weights of eight bits. */
export const int8C: ExportFormat = {
  id: 'c-int8',
  label: 'C, weights of 8 bits',
  summary: 'as c with each weight in a byte and a scale for each output channel; activations stay float32',
  extension: '.c',
  check: c.check,
  own: c.own,
  async write(request) {
    const { plan, notes } = planOf(request, (...of) => planForC(...of, { eightBits: true }));
    const { accuracy, words } = await scored(request);
    const { 'espalier.accuracy': before, ...other } = withChanges(request.metadata, notes);
    const metadata = {
      ...other,
      'espalier.precision': 'int8 weights, float32 activations',
      ...(accuracy !== undefined && { 'espalier.accuracy': String(accuracy) }),
      ...(before !== undefined && { 'espalier.float32-accuracy': before }),
    };
    const account = { ends: endsOf(plan, request), metadata };
    const about = [...aboutC(plan.name, metadata), ...words];
    const { source, header } = writeC(plan, about, { names: EIGHT_BITS, account });
    const measured = accuracy === undefined ? {} : { accuracy };
    return [
      {
        ...{ name: `${EIGHT_BITS.file}.c`, kind: 'c-int8', bytes: Buffer.from(source) },
        ...{ notes: [...notes, ...words], ...measured },
      },
      { name: `${EIGHT_BITS.file}.h`, kind: 'c-int8-header', bytes: Buffer.from(header) },
    ];
  },
};

/** Accuracy with the rounded weights, where the data are at hand, beside that before. */
async function scored({
  network,
  weights,
  masks,
  metadata,
  dataset: load,
  score,
}: ExportRequest): Promise<{ accuracy?: number; words: string[] }> {
  if (load === undefined || score === undefined) return { words: [] };
  try {
    const dataset = await load();
    const folded = foldBatchNorm(network, maskedSet(weights, masks));
    const rounded = roundedSet(folded.network, folded.weights);
    const accuracy = await score(writeOnnx(folded.network, rounded), dataset);
    const before = metadata['espalier.accuracy'];
    const words =
      before === undefined
        ? []
        : [
            `With weights of 8 bits ${formatPercent(accuracy)} of the test samples are right, with those of 32 bits ${formatPercent(Number(before))}.`,
          ];
    return { accuracy, words };
  } catch (error) {
    if (!(error instanceof EspalierError)) throw error;
    return { words: [`Its accuracy with weights of 8 bits has not been measured: ${error.message}`] };
  }
}

function aboutC(name: string, metadata: Readonly<Record<string, string>>): string[] {
  return [`${name}, written by Espalier.`, ...aboutLines(aboutOf(metadata))];
}
