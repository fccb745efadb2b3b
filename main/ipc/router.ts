import type { z } from 'zod';
import { api } from '../contract/api.ts';
import type { ApiName } from '../contract/api.ts';
import type { Reply } from '../contract/bridge.ts';
import { inputError, toProblem } from '../contract/errors.ts';
import type { Problem } from '../contract/errors.ts';
import type { Handler } from './context.ts';

export interface RouterOptions {
  readonly handlers: { readonly [N in ApiName]: Handler<N> };
  /** Puts an error into words, where something better than its own message is known. */
  readonly explain?: (error: unknown) => Problem;
}

/** Answers one call from outside: name and arguments are still unchecked. Never rejects. */
export type Router = (name: unknown, args: unknown) => Promise<Reply>;

/** A router over the table of the API: schema of the arguments, handler, schema of the result. */
export function createRouter({ handlers, explain = toProblem }: RouterOptions): Router {
  return async (name, args) => {
    try {
      if (!isApiName(name)) throw inputError('api/unknown', `There is no call '${String(name)}'.`);
      const parsed = api[name].args.safeParse(args);
      if (!parsed.success) throw invalidArguments(name, parsed.error);
      // The table ties handler and schema of one name together; TypeScript cannot follow through a union of names.
      const handler = handlers[name] as (args: unknown) => unknown;
      const result: unknown = await handler(parsed.data);
      return { ok: true, result: api[name].result.parse(result) };
    } catch (error) {
      return { ok: false, problem: explain(error) };
    }
  };
}

/** A router that answers only senders that pass the check: a window's own main frame, for one. */
export function guarded<Sender>(
  allow: (sender: Sender) => boolean,
  route: Router,
): (sender: Sender, name: unknown, args: unknown) => Promise<Reply> {
  return async (sender, name, args) => {
    if (allow(sender)) return route(name, args);
    const refusal = inputError('api/sender', 'This page may not use the studio.', {
      remedy: "Use the studio's own window.",
    });
    return { ok: false, problem: refusal.problem };
  };
}

function isApiName(name: unknown): name is ApiName {
  return typeof name === 'string' && Object.hasOwn(api, name);
}

function invalidArguments(name: string, error: z.ZodError): Error {
  const issue = error.issues[0];
  return inputError('api/invalid-arguments', `${issue?.message ?? 'Invalid arguments'} (${name}).`, {
    field: issue?.path.map(String).join('.') || undefined,
    remedy: 'Correct this value.',
  });
}
