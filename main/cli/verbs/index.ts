import type { Verb } from '../verb.ts';

/**
 * Every verb by its name, in the order in which help shows them. Each is loaded when it is needed: most of them bring half of
 * the program along, and looking at a file should not wait for that.
 */
const loaders: ReadonlyMap<string, () => Promise<Verb>> = new Map([
  ['init', async () => (await import('./init.ts')).init],
  ['import-recipe', async () => (await import('./import-recipe.ts')).importRecipe],
  ['compress', async () => (await import('./compress.ts')).compress],
  ['resume', async () => (await import('./resume.ts')).resume],
  ['sweep', async () => (await import('./sweep.ts')).sweep],
  ['study', async () => (await import('./study.ts')).study],
  ['worker', async () => (await import('./worker.ts')).worker],
  ['evaluate', async () => (await import('./evaluate.ts')).evaluate],
  ['verify', async () => (await import('./verify.ts')).verify],
  ['score', async () => (await import('./score.ts')).score],
  ['sensitivity', async () => (await import('./sensitivity.ts')).sensitivity],
  ['forecast', async () => (await import('./forecast.ts')).forecast],
  ['inspect', async () => (await import('./inspect.ts')).inspect],
  ['compare', async () => (await import('./compare.ts')).compare],
  ['export', async () => (await import('./export.ts')).exportRun],
  ['log', async () => (await import('./log.ts')).log],
  ['project', async () => (await import('./project.ts')).project],
  ['list', async () => (await import('./list.ts')).list],
  ['demo', async () => (await import('./demo.ts')).demo],
  ['serve', async () => (await import('./serve.ts')).serve],
  ['completion', async () => (await import('./completion.ts')).completion],
  ['doctor', async () => (await import('./doctor.ts')).doctor],
  ['schema', async () => (await import('./schema.ts')).schema],
]);

/** The verb that speaks of all of them. */
const OF_ALL = 'completion';

/** The verbs that a command line needs: the one that it begins with, or all of them for help, completion and mistakes. */
export function verbsFor([first = '']: readonly string[]): Promise<Verb[]> {
  const only = first === OF_ALL ? undefined : loaders.get(first);
  return Promise.all(only === undefined ? [...loaders.values()].map((load) => load()) : [only()]);
}
