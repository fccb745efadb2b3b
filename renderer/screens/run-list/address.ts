import type { LocationQuery, LocationQueryRaw } from 'vue-router';
import type { RunSelection } from '../../../main/contract/run-list.ts';
import { runSortKeySchema, runStatesSchema, tagSchema } from '../../../main/contract/run-list.ts';

/** What the list of runs shows, as its address has it: it outlives a reload, and a link leads to the same list. */
export type RunChoice = Omit<RunSelection, 'projectId' | 'sweepId'>;

const usual = { key: 'created', down: true } as const;

const textOf = (value: LocationQuery[string] | undefined): string => (typeof value === 'string' ? value : '');

/** Reads an address; what it does not say, or says wrongly, is as usual. */
export function choiceOf(query: LocationQuery): RunChoice {
  const key = runSortKeySchema.safeParse(query['sort']);
  const states = runStatesSchema.safeParse(query['state']);
  const tags = textOf(query['tags'])
    .split(',')
    .flatMap((tag) => tagSchema.safeParse(tag).data ?? []);
  return {
    text: textOf(query['text']).slice(0, 500),
    states: states.data ?? 'all',
    tags: tags.slice(0, 20),
    trash: query['trash'] === '1',
    sort: key.success ? { key: key.data, down: query['way'] === 'down' } : usual,
  };
}

/** The address of a choice: only what is not as usual. */
export function addressOf({ text, states, tags, trash, sort }: RunChoice): LocationQueryRaw {
  return {
    ...(text === '' ? {} : { text }),
    ...(states === 'all' ? {} : { state: states }),
    ...(tags.length === 0 ? {} : { tags: tags.join(',') }),
    ...(trash ? { trash: '1' } : {}),
    ...(sort.key === usual.key && sort.down === usual.down
      ? {}
      : { sort: sort.key, way: sort.down ? 'down' : 'up' }),
  };
}
