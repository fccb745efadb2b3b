import { z } from 'zod';
import { SEARCH_NAMES } from '../../../words/search.ts';
import type { Random } from '../../base/random.ts';
import { Agent, matrix } from '../rl/agent.ts';
import { actorCritic, actorStep, ddpgStep, freshActorCritic } from '../rl/ddpg.ts';
import { adamInputs } from '../rl/descent.ts';
import { Observations } from '../rl/observations.ts';
import { walled } from '../rl/wall.ts';
import type { Candidate, Observed, Searcher, SearcherKind, SearcherState, Task } from '../searcher.ts';
import { logit } from '../space.ts';

const episodeSchema = z.object({ ratios: z.array(z.number()), reward: z.number() });
const savedSchema = z
  .object({ episodes: z.array(episodeSchema), steps: z.number().int(), baseline: z.number().nullable() })
  .catch(() => ({ episodes: [], steps: 0, baseline: null }));

/** The authors' settings; of their 800 episodes the first 100 act at random, here as many of each eight. */
const WARM_UP = 1 / 8;
const NOISE = 0.5;
const DECAY = 0.95;
const LEAST_RATIO = 0.2;
const BATCH = 64;
const LEARNING_RATE = 1e-3;
/** Of what rewards are measured from: how much of the old mean stays. */
const BASELINE = 0.5;

/**
 * AMC (He, Lin, Liu, Wang, Li and Han 2018, arXiv 1802.03494): deep deterministic policy gradients choose the share to keep of one group
 * after the other, and the action wall keeps the budget within reach, so that every episode meets it. All steps of an episode
 * have its accuracy as their reward, less a running mean.
 */
class Amc implements Searcher {
  private readonly task: Task;
  private readonly observations: Observations;
  private readonly agent: Agent<'act' | 'learn'>;
  private readonly least: readonly number[];
  private readonly warmUp: number;
  private readonly at: z.infer<typeof savedSchema>;
  private proposed: number[] | undefined;

  constructor(task: Task, saved: SearcherState | undefined) {
    const { space, evaluations, backend, random } = task;
    this.task = task;
    this.at = savedSchema.parse(saved?.json);
    this.observations = new Observations(space);
    this.warmUp = Math.max(2, Math.round(WARM_UP * evaluations));
    this.least = leastWidths(task);
    const nets = actorCritic(this.observations.size);
    this.agent = new Agent(
      backend,
      freshActorCritic(nets, random('networks'), logit(space.limit)),
      { act: actorStep(nets), learn: ddpgStep(nets) },
      saved?.tensors ?? new Map<string, Float32Array>(),
    );
  }

  async propose(): Promise<Candidate> {
    this.proposed ??= await this.acted();
    return { ratios: this.proposed, projected: true };
  }

  async observe({ accuracy, counts }: Observed): Promise<void> {
    const { at } = this;
    const ratios = this.task.space.ratios(counts);
    at.baseline = at.baseline === null ? accuracy : BASELINE * at.baseline + (1 - BASELINE) * accuracy;
    at.episodes.push({ ratios, reward: accuracy - at.baseline });
    this.proposed = undefined;
    if (at.episodes.length < this.warmUp) return;
    const numbers = this.task.random(`replay/${at.episodes.length}`);
    for (let step = 0; step < ratios.length; step++) await this.learn(numbers);
  }

  async save(): Promise<SearcherState> {
    return {
      json: { ...this.at, episodes: [...this.at.episodes] },
      tensors: await this.agent.tensors(),
    };
  }

  dispose(): void {
    this.agent.dispose();
  }

  private async acted(): Promise<number[]> {
    const { task, observations, agent, at, least, warmUp } = this;
    const { groups } = task.space;
    const episode = at.episodes.length;
    const numbers = task.random(`episode/${episode}`);
    const counts: number[] = [];
    for (const [g, { units }] of groups.entries()) {
      const before = counts.map((count, i) => count / (groups[i]?.units ?? 1));
      const { action } = await agent.run('act', { states: matrix([observations.at(g, before)]) });
      const ratio =
        episode < warmUp
          ? LEAST_RATIO + (1 - LEAST_RATIO) * numbers.float()
          : truncatedNormal(numbers, action?.data[0] ?? 0, NOISE * DECAY ** (episode - warmUp));
      counts.push(walled(task.space, counts, Math.round(ratio * units), least));
    }
    return task.space.ratios(counts);
  }

  /** One step on transitions drawn from all episodes. */
  private async learn(numbers: Random): Promise<void> {
    const { at, observations, agent } = this;
    const drawn = Array.from({ length: BATCH }, () => {
      const { ratios, reward } = at.episodes[numbers.int(at.episodes.length)] ?? { ratios: [], reward: 0 };
      const g = numbers.int(ratios.length);
      const more = g < ratios.length - 1;
      return {
        state: observations.at(g, ratios.slice(0, g)),
        next: observations.at(more ? g + 1 : g, ratios.slice(0, more ? g + 1 : g)),
        action: ratios[g] ?? 1,
        reward,
        more: more ? 1 : 0,
      };
    });
    at.steps++;
    await agent.run('learn', {
      states: matrix(drawn.map(({ state }) => state)),
      next: matrix(drawn.map(({ next }) => next)),
      actions: matrix(drawn.map(({ action }) => [action])),
      rewards: matrix(drawn.map(({ reward }) => [reward])),
      more: matrix(drawn.map(({ more }) => [more])),
      ...adamInputs(LEARNING_RATE, at.steps),
    });
  }
}

/** A fifth of every group, or less where the budget could not be met with that. */
function leastWidths({ space }: Task): number[] {
  const smallest = space.least();
  for (let ratio = LEAST_RATIO; ratio > 0.01; ratio /= 2) {
    const counts = space
      .counts(space.groups.map(() => ratio))
      .map((count, g) => Math.max(count, smallest[g] ?? 1));
    if (space.fits(counts)) return counts;
  }
  return smallest;
}

/** Drawn again until it lies in [LEAST_RATIO, 1]. */
function truncatedNormal(numbers: Random, mean: number, deviation: number): number {
  const inside = Math.min(1, Math.max(LEAST_RATIO, mean));
  for (let i = 0; i < 100; i++) {
    const drawn = inside + deviation * numbers.normal();
    if (drawn >= LEAST_RATIO && drawn <= 1) return drawn;
  }
  return inside;
}

export const amc: SearcherKind = {
  id: 'amc',
  label: SEARCH_NAMES.amc,
  summary:
    'An actor and a critic decide layer by layer how much stays; a wall on their actions keeps the budget within reach.',
  create: (task, saved) => new Amc(task, saved),
};
