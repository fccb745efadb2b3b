import type { z } from 'zod';
import type { api, ApiName, ApiResult, StudioEvent } from '../contract/api.ts';
import type { Roots } from '../files/roots.ts';
import type { Elsewhere } from '../jobs/elsewhere/elsewhere.ts';
import type { Storage } from '../jobs/storage.ts';
import type { Studies } from '../jobs/studies.ts';
import type { Supervisor } from '../jobs/supervisor.ts';
import type { Store } from '../store/store.ts';
import type { Desk } from './desk.ts';
import type { Queries } from './queries.ts';

/** What the handlers of the API work with. */
export interface Context {
  readonly store: Store;
  readonly supervisor: Supervisor;
  readonly elsewhere: Elsewhere;
  readonly studies: Studies;
  readonly queries: Queries;
  readonly storage: Storage;
  readonly roots: Roots;
  readonly desk: Desk;
  readonly tell: (event: StudioEvent) => void;
  readonly version: string;
  readonly dataFolder: string;
}

/** Answers one call; the arguments are checked, the result will be. */
export type Handler<N extends ApiName> = (
  args: z.output<(typeof api)[N]['args']>,
) => ApiResult<N> | Promise<ApiResult<N>>;

/** The handlers of all calls that begin with one of the themes. */
export type Handlers<Theme extends string> = {
  readonly [N in Extract<ApiName, `${Theme}.${string}`>]: Handler<N>;
};
