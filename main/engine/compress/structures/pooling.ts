import type { StructureSpec } from '../../../contract/structure.ts';
import type { Network } from '../../network/graph.ts';
import { lampScores } from './lamp-scores.ts';

/** How scores of weights become the score of a channel: `prune.structure` says the same, field by field. */
export interface Pooling {
  /** p: scores are added up as s^p, their signs kept; there is no root. */
  readonly power: number;
  /** Over the weights of one slice of a parameter. */
  readonly slice: 'sum' | 'mean';
  /** The slices that count: all of a channel, or those alone that make it or read it. */
  readonly members: 'all' | 'makers' | 'readers';
  /** Over the slices of a channel. */
  readonly pool: 'mean' | 'sum' | 'max';
  /** What a group's scores are divided by, so that those of several groups compare. */
  readonly normalise: 'mean' | 'sum' | 'max' | 'range' | 'lamp' | 'none';
}

/** What of a criterion matters to units that scores are pooled over. */
export interface Pooled {
  /**
   * The parameters that whole channels are scored by, where those are others than what may be pruned: scales of norms.
   * @param params the parameters that may be pruned
   */
  scored?(network: Network, params: readonly string[]): string[];
  /** How its scores become those of channels, where otherwise than usual. */
  readonly pooling?: Partial<Pooling>;
}

/** The usual pooling of coupled groups (Fang et al. 2023, arXiv 2301.12900). */
const USUAL: Pooling = { power: 1, slice: 'sum', members: 'all', pool: 'mean', normalise: 'mean' };

/** @param preset what the criterion has otherwise than usual */
export function poolingOf(
  { power, slice, members, pool, normalise }: StructureSpec,
  preset: Partial<Pooling> = {},
): Pooling {
  const usual = { ...USUAL, ...preset };
  return {
    power: power ?? usual.power,
    slice: slice ?? usual.slice,
    members: members ?? usual.members,
    pool: pool ?? usual.pool,
    normalise: normalise ?? usual.normalise,
  };
}

/** The score of a channel from those of its slices. */
export function pooled(slices: readonly number[], pool: Pooling['pool']): number {
  if (pool === 'max') return Math.max(...slices);
  const sum = slices.reduce((total, value) => total + value, 0);
  return pool === 'sum' ? sum : sum / slices.length;
}

/**
 * Scores of one group's channels on a scale of their own; what is pruned already (-Infinity) stays so and does not count. Scores
 * of which none is positive, those of an inverted ranking, are mirrored images of those of the ranking.
 */
export function normalised(scores: Float64Array, how: Pooling['normalise']): Float64Array {
  const live = scores.filter((score) => score !== -Infinity);
  const mirrored = live.length > 0 && live.every((score) => score <= 0) && live.some((score) => score < 0);
  const scaled = mirrored ? onScale(live.map((s) => -s), how).map((s) => -s) : onScale(live, how); // prettier-ignore
  let next = 0;
  return scores.map((score) => (score === -Infinity ? score : (scaled[next++] as number)));
}

function onScale(scores: Float64Array, how: Pooling['normalise']): Float64Array {
  if (how === 'none' || scores.length === 0) return scores;
  if (how === 'lamp') return lampScores(scores);
  if (how === 'range') {
    const [low, high] = [Math.min(...scores), Math.max(...scores)];
    return scores.map((score) => (score - low) / (high - low + 1e-8));
  }
  const sizes = scores.map(Math.abs);
  const sum = sizes.reduce((total, size) => total + size, 0);
  const unit = { sum, mean: sum / scores.length, max: Math.max(...sizes) }[how];
  return unit === 0 ? scores : scores.map((score) => score / unit);
}
