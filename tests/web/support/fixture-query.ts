import type { ApiArgs, RunSummary } from '../../../main/contract/api.ts';
import { runQuerySchema } from '../../../main/contract/run-list.ts';
import type { RunPage, RunQuery } from '../../../main/contract/run-list.ts';
import { askedToGo } from '../../../main/words/amounts.ts';
import { accuracyDifference } from '../../../renderer/text/result.ts';
import { stateLook } from '../../../renderer/text/run-state.ts';

const keys: Record<RunQuery['sort']['key'], (run: RunSummary) => string | number | null> = {
  name: (run) => run.name.toLowerCase(),
  state: (run) => run.state,
  asked: (run) => askedToGo(run.recipe.budget),
  accuracy: (run) => run.result?.accuracy ?? null,
  change: accuracyDifference,
  created: (run) => run.createdAt,
};

/** A page of runs in memory, as the database would give it. */
export function queryRuns(all: readonly RunSummary[], query: ApiArgs<'runs.query'>): RunPage {
  const { text, states, projectId, sweepId, tags, trash, sort, offset, limit } = runQuerySchema.parse(query);
  const found = all
    .filter((run) => {
      const texts = tokensOf(JSON.stringify([run.name, run.notes, run.tags, run.recipe]));
      return (
        (run.deletedAt !== null) === trash &&
        (projectId === null || run.projectId === projectId) &&
        (sweepId === null || run.projectId === 1) &&
        tags.every((tag) => run.tags.includes(tag)) &&
        tokensOf(text).every((word) => texts.some((token) => token.startsWith(word))) &&
        (states === 'all' || states === kindOf(run))
      );
    })
    .sort((a, b) => {
      const [x, y] = [keys[sort.key](a), keys[sort.key](b)];
      if (x === null || y === null) return x === y ? b.id - a.id : x === null ? 1 : -1;
      const order = x < y ? -1 : x > y ? 1 : 0;
      return (
        (sort.down ? -order : order) || (sort.key === 'created' && !sort.down ? a.id - b.id : b.id - a.id)
      );
    });
  return { rows: found.slice(offset, offset + limit), total: found.length };
}

const tokensOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

function kindOf({ state }: RunSummary): RunQuery['states'] {
  if (state === 'finished') return 'finished';
  return stateLook(state).live ? 'live' : 'stopped';
}
