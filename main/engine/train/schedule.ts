import type { TrainSpec } from '../../contract/recipe.ts';

/**
 * The learning rate of a step, after linear warm-up from zero: constant, multiplied by gamma at each milestone, or half a
 * cosine down to zero (Loshchilov and Hutter 2017).
 * @param done steps already taken in the stage, 0 <= done < total.
 * @param total steps of the stage.
 */
export function learningRate(spec: TrainSpec, done: number, total: number): number {
  const warmup = Math.min(total, Math.round((spec.warmup * total) / Math.max(1, spec.epochs)));
  if (done < warmup) return (spec.lr * (done + 1)) / warmup;
  const progress = done / total;
  switch (spec.schedule) {
    case 'constant':
      return spec.lr;
    case 'step':
      return spec.lr * spec.gamma ** spec.milestones.filter((milestone) => progress >= milestone).length;
    case 'cosine':
      return (spec.lr / 2) * (1 + Math.cos((Math.PI * (done - warmup)) / Math.max(1, total - warmup)));
  }
}
