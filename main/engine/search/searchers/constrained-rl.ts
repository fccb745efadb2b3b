import { z } from 'zod';
import { SEARCH_NAMES } from '../../../words/search.ts';
import { advantagesOf, standardised } from '../rl/advantages.ts';
import { Agent, matrix } from '../rl/agent.ts';
import { adamInputs } from '../rl/descent.ts';
import { multiplierAfter } from '../rl/multiplier.ts';
import { Observations } from '../rl/observations.ts';
import { actorCritics, actStep, criticStep, freshActorCritics, policyStep } from '../rl/ppo.ts';
import type { Candidate, Observed, Searcher, SearcherKind, SearcherState, Task } from '../searcher.ts';
import { logit, sigmoid } from '../space.ts';

const savedSchema = z
  .object({
    update: z.number().int(),
    steps: z.number().int(),
    criticSteps: z.number().int(),
    lambda: z.number(),
    outcomes: z.array(z.object({ accuracy: z.number(), share: z.number() })),
    done: z.boolean(),
  })
  .catch(() => ({ update: 0, steps: 0, criticSteps: 0, lambda: 1, outcomes: [], done: false }));

/** Episodes of a batch: at least and at most so many, between them the root of all. */
const BATCH = [4, 64] as const;
/** The policy's deviation in logits, from the first batch to the last. */
const DEVIATION = [0.4, 0.05] as const;
const EPOCHS = 10;
const POLICY_RATE = 3e-3;
/** Critics learn before advantages are taken from them: of the first batch longer, as they know nothing yet. */
const CRITIC_EPOCHS = { first: 100, other: 10 };
const CRITIC_RATE = 1e-2;
const GAMMA = 1;
const GAE_LAMBDA = 0.95;
/** The multiplier moves by this rate over so many batches, and by larger steps over fewer. */
const RATE = 0.3;
const RATE_BATCHES = 400;

/**
 * A constrained Markov decision process over layers (Malik, Haider, Iqbal and Taj 2021, arXiv 2110.08558): an episode decides the
 * share to keep of one group after the other; its reward is the accuracy at the end, its cost what is left of what the budget is of,
 * and the mean cost may be at most the budget. Proximal policy optimisation with a Lagrange multiplier: advantages of reward
 * and cost are estimated apart, combined as A_R - lambda A_C and only then standardised; the multiplier rises by plain steps
 * (`rl/multiplier.ts`). Beside each batch the policy's mean is projected to the budget and tried.
 */
class ConstrainedRl implements Searcher {
  private readonly task: Task;
  private readonly batch: number;
  private readonly updates: number;
  private readonly observations: Observations;
  private readonly agent: Agent<'act' | 'policy' | 'critics'>;
  private readonly at: z.infer<typeof savedSchema>;
  private episodes: Episode[] | undefined;

  constructor(task: Task, saved: SearcherState | undefined) {
    const { space, evaluations, backend, random } = task;
    this.task = task;
    this.at = savedSchema.parse(saved?.json);
    this.batch = Math.min(BATCH[1], Math.max(BATCH[0], Math.round(Math.sqrt(evaluations))));
    this.updates = Math.max(1, Math.floor((evaluations - 1) / (this.batch + 1)));
    this.observations = new Observations(space);
    const nets = actorCritics(this.observations.size);
    this.agent = new Agent(
      backend,
      freshActorCritics(nets, random('networks'), logit(space.limit)),
      { act: actStep(nets), policy: policyStep(nets), critics: criticStep(nets) },
      saved?.tensors ?? new Map<string, Float32Array>(),
    );
  }

  async propose(): Promise<Candidate | undefined> {
    const { update, outcomes, done } = this.at;
    if (done) return undefined;
    this.episodes ??= await this.acted();
    const last = update === this.updates;
    const episode = this.episodes[last ? this.batch : outcomes.length];
    if (episode === undefined) throw new Error('a batch has an episode for every outcome');
    const projected = last || outcomes.length === this.batch;
    return { ratios: episode.actions.map(sigmoid), projected };
  }

  async observe({ accuracy, share }: Observed): Promise<void> {
    const { at } = this;
    if (at.update === this.updates) {
      at.done = true;
      return;
    }
    at.outcomes.push({ accuracy, share });
    // The last of a batch is the policy's mean, projected: nothing is learned of it.
    if (at.outcomes.length <= this.batch) return;
    await this.learn(this.episodes ?? (await this.acted()));
    this.episodes = undefined;
    at.outcomes = [];
    at.update++;
  }

  async save(): Promise<SearcherState> {
    const { outcomes, ...rest } = this.at;
    return { json: { ...rest, outcomes: [...outcomes] }, tensors: await this.agent.tensors() };
  }

  dispose(): void {
    this.agent.dispose();
  }

  private get deviation(): number {
    const [first, last] = DEVIATION;
    return first * (last / first) ** (this.at.update / Math.max(1, this.updates - 1));
  }

  /** A batch of episodes by the policy as it stands, and one by its means. */
  private async acted(): Promise<Episode[]> {
    const { task, observations, agent, batch, at } = this;
    const numbers = task.random(`batch/${at.update}`);
    const episodes = Array.from({ length: batch + 1 }, (): Episode => ({
      states: [],
      actions: [],
      means: [],
    }));
    for (const g of task.space.groups.keys()) {
      const states = episodes.map(({ actions }) => observations.at(g, actions.map(sigmoid)));
      const found = await agent.run('act', { states: matrix(states) });
      episodes.forEach((episode, i) => {
        const mean = found['mean']?.data[i] ?? 0;
        episode.states.push(states[i] ?? []);
        episode.means.push(mean);
        episode.actions.push(i === batch ? mean : mean + this.deviation * numbers.normal());
      });
    }
    return episodes;
  }

  private async learn(all: readonly Episode[]): Promise<void> {
    const { task, agent, at, updates } = this;
    const episodes = all.slice(0, this.batch);
    const outcomes = at.outcomes.slice(0, this.batch);
    const states = matrix(episodes.flatMap((episode) => episode.states));
    const each = (of: (outcome: { accuracy: number; share: number }) => number) =>
      column(
        episodes.flatMap(({ actions }, i) => actions.map(() => of(outcomes[i] ?? { accuracy: 0, share: 0 }))),
      );
    // Reward and cost come at the end and are not discounted: they are what every step returns.
    const returns = { states, rewards: each(({ accuracy }) => accuracy), costs: each(({ share }) => share) };
    const epochs = at.update === 0 ? CRITIC_EPOCHS.first : CRITIC_EPOCHS.other;
    for (let epoch = 0; epoch < epochs; epoch++) {
      at.criticSteps++;
      await agent.run('critics', { ...returns, ...adamInputs(CRITIC_RATE, at.criticSteps) });
    }
    const values = await agent.run('act', { states });
    const advantages = episodes.flatMap(({ actions }, i) => {
      const length = actions.length;
      const of = (name: string, end: number) => {
        const expected = [...(values[name]?.data.slice(i * length, (i + 1) * length) ?? [])];
        return advantagesOf(
          expected.map((_, t) => (t === length - 1 ? end : 0)),
          expected,
          GAMMA,
          GAE_LAMBDA,
        );
      };
      const cost = of('cost', outcomes[i]?.share ?? 0);
      return of('reward', outcomes[i]?.accuracy ?? 0).map((value, t) => value - at.lambda * (cost[t] ?? 0));
    });
    const inputs = {
      states,
      actions: column(episodes.flatMap(({ actions }) => actions)),
      means: column(episodes.flatMap(({ means }) => means)),
      advantages: column(standardised(advantages)),
      deviation: { shape: [], data: Float32Array.of(this.deviation) },
    };
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      at.steps++;
      await agent.run('policy', { ...inputs, ...adamInputs(POLICY_RATE, at.steps) });
    }
    const cost = outcomes.reduce((sum, { share }) => sum + share, 0) / Math.max(1, outcomes.length);
    const rate = RATE * Math.sqrt(Math.max(1, RATE_BATCHES / updates));
    at.lambda = multiplierAfter(at.lambda, cost, task.space.limit, rate);
  }
}

/** One decision after the other: what was seen, done and meant. */
interface Episode {
  readonly states: number[][];
  readonly actions: number[];
  readonly means: number[];
}

const column = (values: readonly number[]) => matrix(values.map((value) => [value]));

export const constrainedRl: SearcherKind = {
  id: 'constrained-rl',
  label: SEARCH_NAMES['constrained-rl'],
  summary:
    'A policy decides layer by layer how much stays, is rewarded by accuracy, and a multiplier makes it keep the budget.',
  create: (task, saved) => new ConstrainedRl(task, saved),
};
