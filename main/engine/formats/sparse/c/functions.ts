import { identityOf } from '../kernel.ts';
import type { Data, Step } from '../plan.ts';
import { type Elements, elementsOf } from './elements.ts';

/** How the elements of a kernel's constants are stored, by the parameter's name. */
export type ElementTypes = Readonly<Record<string, Elements>>;

/** How the constants are stored that a call hands to its kernel. */
export function typesOf({ kernel, args }: Step, data: readonly Data[]): ElementTypes {
  return Object.fromEntries(
    kernel.params.flatMap(({ name }, i) => {
      const arg = args[i];
      const own = arg?.is === 'data' ? data[arg.data] : undefined;
      return own === undefined ? [] : [[name, elementsOf(own)]];
    }),
  );
}

/** A text that two calls have in common only when one function does for both: the same kernel, over constants that are stored alike. */
export const functionOf = (step: Step, data: readonly Data[]): string =>
  `${identityOf(step.kernel)} ${JSON.stringify(typesOf(step, data))}`;
