import type { Promised } from '../../../contract/amount.ts';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isModelPath } from '../../../contract/paths.ts';
import type { FileReport, Latency, Report, Side } from '../../../contract/report.ts';
import { writeFileAtomic } from '../../../files/atomic.ts';
import { fileError } from '../../../files/problems.ts';
import { promisesOf } from '../../compress/budgets/terms.ts';
import { layerSparsities, overallSparsity, revivedWeights } from '../../compress/masks.ts';
import { isMultiLabel } from '../../data/labels.ts';
import type { Classification } from '../../evaluate/classification.ts';
import { kernelWarning } from '../../evaluate/exact.ts';
import { measureLatency } from '../../evaluate/latency.ts';
import { pairsOf } from '../../evaluate/pairs.ts';
import { fileSize } from '../../evaluate/size.ts';
import { channelsLeft } from './channels.ts';
import { checkExport, checkTaken } from './check-export.ts';
import { Exports } from './exports.ts';
import { writeOnnx } from '../../formats/onnx/write.ts';
import { exportMetadata } from '../../formats/metadata.ts';
import type { Model } from '../../network/model.ts';
import { networkCost } from '../../network/cost.ts';
import { logitsName } from '../../network/shape.ts';
import { cardsOf } from '../../report/cards.ts';
import { renderReport } from '../../report/html.ts';
import { metricsCsv } from '../../report/metrics-csv.ts';
import { verdict } from '../../../words/verdict.ts';
import type { RunContext } from '../context.ts';
import { latenciesOfMany, sideOf } from './side.ts';
import { measureForms, timeOwn } from './sizes.ts';
import { channelsIn } from '../../network/cut-by-masks.ts';
import { fusionReports } from '../fusions.ts';
import type { Removal } from '../removals.ts';
import { find, warn } from '../stages/warnings.ts';
import { channelsGone } from './channels-gone.ts';
import { drawn } from '../stages/demands.ts';
import { timing } from './timing.ts';
import { DENSE_FILE, ORIGINAL_FILE } from '../stages/evaluate.ts';
import { runName } from '../name.ts';
import { versions } from '../../base/versions.ts';
import { searchReport } from '../width-search.ts';

/**
 * Writes what a run leaves behind: the exports, checked against the trained network in onnxruntime, report.json and
 * report.html.
 * @throws EspalierError 'export/differs' when the exported file does not compute what was trained.
 */
export async function finish(context: RunContext): Promise<Report> {
  const { recipe, base, dataset, data, folder } = context;
  const { network, weights, masks } = data.model;
  if (data.compressed === null) throw new Error('a run ends with its network measured');
  const metadata = exportMetadata({
    recipe,
    fingerprint: dataset.fingerprint,
    classes: dataset.classes,
    normalization: dataset.normalization,
    accuracy: data.compressed.accuracy,
    sparsity: overallSparsity(network, masks),
  });
  const compressed = writeOnnx(network, weights, { metadata });
  const [original, dense] = [
    data.original === null ? undefined : await written(join(folder, ORIGINAL_FILE)),
    data.dense === null ? undefined : await written(join(folder, DENSE_FILE)),
  ];
  let parity = await checkExport(context, compressed);
  const gone = channelsGone(context);
  if (gone !== undefined) find(context, gone.words);

  const files: FileReport[] = [];
  const leave = async (
    path: string,
    kind: string,
    format: string,
    content: string | Uint8Array,
    notes: readonly string[] = [],
  ): Promise<void> => {
    const written = await writeFileAtomic(join(folder, path), content);
    const { gzipBytes } = fileSize(typeof content === 'string' ? Buffer.from(content) : content);
    const said = notes.length === 0 ? {} : { notes: [...notes] };
    files.push({ path, kind, format, gzipBytes, ...written, ...said });
  };
  if (original !== undefined) await leave(ORIGINAL_FILE, 'original-onnx', 'onnx', original);
  if (dense !== undefined) await leave(DENSE_FILE, 'dense-onnx', 'onnx', dense);
  const { signature } = context;
  const logits = recipe.exportHead === 'logits';
  const given = { network, weights, masks, metadata, logits, ...(signature && { signature }) };
  const exports = new Exports({ ...given, dataset: async () => dataset });
  for (const id of recipe.export) {
    for (const file of await exports.files(id)) {
      if (id === 'onnx') parity = (await checkTaken(context, file.bytes)) ?? parity;
      await leave(basename(file.name), file.kind, id, file.bytes, file.notes);
    }
  }
  await leave('metrics.csv', 'metrics', 'csv', metricsCsv(data.history));

  const { sampleShape } = dataset;
  const forms = await timeOwn(
    await measureForms(context, exports),
    original ?? dense ?? compressed,
    sampleShape,
  );
  const eightBits = forms.filter(({ size }) => size.exact !== null);
  for (const { file, size } of eightBits) {
    const warning = kernelWarning(file.name, size.accuracy ?? 0, size.exact);
    if (warning !== undefined) warn(context, warning);
  }
  const models = [compressed, original, dense, ...eightBits.map(({ file }) => file.bytes)].filter(
    (bytes) => bytes !== undefined,
  );
  const latencies = await measureLatency(models, { sampleShape });
  const latencyOf = (bytes: Uint8Array) => latencies[models.indexOf(bytes)] as Latency;
  const many = await latenciesOfMany(
    [compressed, original, dense].filter((bytes) => bytes !== undefined),
    sampleShape,
  );
  const sizes = forms.map((form) =>
    eightBits.includes(form) ? { ...form.size, latencyMs: latencyOf(form.file.bytes) } : form.size,
  );
  const times = (bytes: Uint8Array) => ({ one: latencyOf(bytes), many: many.get(bytes) ?? null });
  const side = sideOf(data.model, data.compressed, compressed, times(compressed));
  const unpruned = (measured: Classification | null, onnx: Uint8Array | undefined): Side | null =>
    measured === null || onnx === undefined
      ? null
      : sideOf({ network: base, masks: new Map() }, measured, onnx, times(onnx));
  const whole: Omit<Report, 'verdict' | 'files'> = {
    version: 1,
    name: runName(recipe, network.name),
    status: 'finished',
    createdAt: new Date().toISOString(),
    recipe,
    seed: recipe.seed,
    device: context.backend.device,
    versions: versions(),
    network: {
      name: network.name,
      inputShape: [...dataset.sampleShape],
      output: isModelPath(recipe.network) ? (network.head?.output ?? logitsName(network)) : null,
      head: network.head?.kind ?? 'none',
      ...(context.origin && { origin: context.origin }),
    },
    data: {
      name: dataset.name,
      fingerprint: dataset.fingerprint,
      classes: [...dataset.classes],
      multiLabel: isMultiLabel(dataset.train.labels),
      train: dataset.train.size,
      validation: dataset.validation.size,
      test: dataset.test.size,
      normalization: { mean: [...dataset.normalization.mean], std: [...dataset.normalization.std] },
      ...(dataset.read && { read: dataset.read }),
    },
    original: unpruned(data.original, original),
    dense: unpruned(data.dense, dense),
    compressed: side,
    pairs: pairsAgainst(data.original ?? data.dense, data.compressed),
    sizes,
    course: data.course.map(({ label, accuracy }) => ({ label, accuracy })),
    sparsity: overallSparsity(network, masks),
    promises: await promised(context, gone?.promise),
    search: searchOf(context),
    fusions: fusionReports(base, data.fusions, answered(data.compressed)),
    layers: layersOf(data.model),
    channels: data.fusions.length === 0 ? channelsLeft(base, network) : [],
    removals: data.removals.map(removalOf),
    checks: {
      onnxMaxDifference: parity.maxDifference,
      onnxSamples: parity.samples,
      // Counted in what is handed over; while the run went on, every epoch was checked too.
      revivedWeights: revivedWeights(weights, masks),
      emptyLayers: layerSparsities(network, masks)
        .filter((layer) => layer.kept === 0)
        .map((layer) => layer.name),
    },
    findings: data.findings,
    warnings: data.warnings,
    timings: {
      total: data.seconds.reduce((sum, seconds) => sum + seconds, 0),
      stages: context.stages.map((stage, i) => ({ label: stage.label, seconds: data.seconds[i] ?? 0 })),
    },
    history: data.history,
  };
  const report: Report = { ...whole, files: [], verdict: verdict(whole) };
  for (const card of cardsOf(report, [...files])) await leave(card.name, card.kind, 'markdown', card.text);
  await leave('report.html', 'report-html', 'html', renderReport({ ...report, files: [...files] }));
  report.files = files;
  await writeFileAtomic(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** What the budget allows to be lost and to be taken, and what was. */
function limitsOf({ recipe, data }: RunContext): Promised[] {
  const { accuracyDrop, time } = recipe.budget;
  const { search } = data;
  const lost = search?.outcomes[search.best?.attempt ?? -1]?.lost ?? 0;
  const seconds = data.seconds.reduce((sum, each) => sum + each, 0);
  return [
    ...(accuracyDrop === undefined || search === null
      ? []
      : [
          { kind: 'accuracyDrop' as const, before: search.reference, asked: accuracyDrop / 100, after: lost },
        ]),
    ...(time === undefined ? [] : [{ kind: 'time' as const, before: 0, asked: time, after: seconds }]),
  ];
}

/** What the budget asked for and what came of it; a sparsity of channels counts them. */
async function promised(context: RunContext, channels: Promised | undefined): Promise<Promised[]> {
  const { recipe, base, data } = context;
  const subject = { whole: drawn(base, recipe.seed), model: data.model };
  const promises = await promisesOf(recipe.budget, subject, timing, data.amounts);
  const amounts = promises.map((promise) => (promise.kind === 'sparsity' ? (channels ?? promise) : promise));
  return [...amounts, ...limitsOf(context)];
}

/** What the search for widths came to; of several attempts the last one's. */
function searchOf({ data, stages, base }: RunContext): Report['search'] {
  const stage = data.widths === null ? undefined : stages[data.widths.stage];
  if (data.widths === null || stage?.kind !== 'search') return null;
  return searchReport(data.widths, stage, base) ?? null;
}

const answered = ({ accuracy, loss }: Classification) => ({ accuracy, loss });

function removalOf({ label, left, proof }: Removal): Report['removals'][number] {
  return { label, channels: channelsIn(left), ...proof };
}

/** A checkpoint of an older version kept no single answers. */
function pairsAgainst(before: Classification | null, after: Classification): Report['pairs'] {
  return before === null || before.right === '' || after.right === '' ? null : pairsOf(before, after);
}

function layersOf({ network, masks }: Model): Report['layers'] {
  const kept = new Map(layerSparsities(network, masks).map((layer) => [layer.name, layer.kept]));
  const macs = new Map(networkCost(network, masks).layers.map((layer) => [layer.name, layer.macs]));
  return network.nodes.flatMap((node) =>
    Object.values(node.params)
      .filter((param) => kept.has(param))
      .map((param) => {
        const shape = [...(network.params[param]?.shape ?? [])];
        return {
          name: node.name,
          op: node.op,
          param,
          shape,
          parameters: shape.reduce((a, b) => a * b, 1),
          nonzero: kept.get(param) ?? 0,
          macs: macs.get(node.name) ?? 0,
        };
      }),
  );
}

/** A file that an earlier stage of the run wrote. @throws EspalierError 'files/...' where somebody has taken it away */
async function written(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError(error, path, 'read this file of the run');
  });
  return new Uint8Array(bytes);
}
