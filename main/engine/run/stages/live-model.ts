import type { MetricName } from '../../../contract/run.ts';
import type { HostRecord } from '../../backend/backend.ts';
import type { LiveTraining } from '../../compress/dynamics/dynamics.ts';
import type { ScoreSet } from '../../compress/scores.ts';
import type { Selection } from '../../compress/selection.ts';
import { layersLeft, shareGrown } from '../../compress/masks.ts';
import { selectedBy, selectMasks, type Selected } from '../../compress/select.ts';
import { batches } from '../../data/batches.ts';
import { drawDropoutMask, dropoutSites } from '../../network/dropout.ts';
import type { MaskSet, WeightSet } from '../../network/graph.ts';
import { Random } from '../../base/random.ts';
import type { SlotSet } from '../../network/model.ts';
import { epochsDone, record, selecting, type RunContext } from '../context.ts';
import type { TrainingModel } from '../../train/training-model.ts';
import { find, warn, warnOfLoss } from './warnings.ts';

/** Samples of the batch on which dense gradients are taken. */
const GRADIENT_BATCH = 256;

/** The training that is going on, as its dynamics see it: the device's tensors and the run's masks kept in step. */
export class LiveModel implements LiveTraining {
  readonly stepsPerEpoch: number;
  private readonly context: RunContext;
  private readonly stageId: string;
  private readonly selection: Selection | undefined;
  private readonly model: TrainingModel;

  constructor(
    context: RunContext,
    stageId: string,
    stepsPerEpoch: number,
    selection: Selection | undefined,
    model: TrainingModel,
  ) {
    this.context = context;
    this.stepsPerEpoch = stepsPerEpoch;
    this.stageId = stageId;
    this.selection = selection;
    this.model = model;
  }

  get masks(): MaskSet {
    return this.context.data.model.masks;
  }

  weights(): Promise<WeightSet> {
    return this.model.weights();
  }

  async setMasks(masks: MaskSet, first?: ReadonlyMap<string, Float32Array>): Promise<void> {
    const { data, emit } = this.context;
    const grown = shareGrown(data.model.masks, masks);
    data.model.masks = masks;
    data.model.weights = await this.model.setMasks(masks, first);
    const within = this.epochsWithin();
    warnOfLoss(this.context, masks, within);
    emit({
      type: 'layers',
      epoch: epochsDone(this.context, within),
      layers: layersLeft(data.model.network, masks, this.context.base),
    });
    if (grown > 0) this.record({ 'mask/grown': grown });
  }

  readExtras(names?: readonly string[]): Promise<HostRecord> {
    return this.model.extras(names);
  }

  writeExtras(values: HostRecord): void {
    this.model.setExtras(values);
  }

  async denseGradients(): Promise<SlotSet> {
    const { dataset, data } = this.context;
    // The label holds the position, so that a resumed run draws the batch that an undisturbed one would have drawn.
    const random = this.random(`gradients/${data.steps}`);
    const [batch] = batches(dataset.train, dataset, { batchSize: GRADIENT_BATCH, order: 'shuffled', random });
    if (batch === undefined) throw new Error('there is training data');
    const dropout = dropoutSites(data.model.network, batch.size).map((site) => [
      site.node,
      drawDropoutMask(site, random),
    ]);
    return this.model.gradients(batch, dataset.sampleShape, Object.fromEntries(dropout) as HostRecord);
  }

  random(label: string): Random {
    return stageRandom(this.context, this.stageId, label);
  }

  async select(sparsity: number, draw: string): Promise<MaskSet> {
    return (await this.selected(sparsity, draw)).masks;
  }

  async selected(sparsity: number, draw: string): Promise<Selected> {
    const weights = await this.model.weights();
    const label = `${this.stageId}/${draw}`;
    return selectMasks(selecting(this.context), this.rules(), weights, this.masks, sparsity, label);
  }

  choose(scores: ScoreSet, sparsity: number): MaskSet {
    return selectedBy(this.context.data.model.network, this.rules(), scores, sparsity).masks;
  }

  private rules(): Selection {
    if (this.selection === undefined) throw new Error('only stages with dynamics select masks');
    return this.selection;
  }

  record(values: Partial<Record<MetricName, number>>): void {
    record(this.context, this.epochsWithin(), values);
  }

  log(text: string): void {
    this.context.emit({ type: 'log', level: 'info', text });
  }

  find(text: string): void {
    find(this.context, text);
  }

  warn(text: string): void {
    warn(this.context, text);
  }

  /** Epochs that this stage has trained. */
  private epochsWithin(): number {
    const { data, stages } = this.context;
    const stage = stages[data.stage];
    const start = stage?.kind === 'train' ? (stage.startEpoch ?? 0) : 0;
    return data.epoch + data.batch / this.stepsPerEpoch - start;
  }
}

/** Random numbers for one purpose within one stage. */
export function stageRandom({ recipe }: RunContext, stageId: string, label: string): Random {
  return Random.from(recipe.seed, `${stageId}/${label}`);
}
