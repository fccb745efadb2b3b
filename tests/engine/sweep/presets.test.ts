import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { sampleRecipe } from '../../support/samples.ts';
import { paradigms } from '../../../main/engine/compress/paradigms/index.ts';
import { identityOf } from '../../../main/engine/compress/paradigms/revision.ts';
import { recipeId } from '../../../main/engine/sweep/identity.ts';

/** The presets of every paradigm at its revision, as their hash. */
const known = z
  .record(z.string(), z.object({ revision: z.number(), presets: z.string() }))
  .parse(JSON.parse(readFileSync(new URL('presets.json', import.meta.url), 'utf8')));

it.each(paradigms.items.map((paradigm) => [paradigm.id, paradigm] as const))(
  '%s has the presets of its revision',
  (id, { point, defaults, revision = 1 }) => {
    const sorted = Object.fromEntries(Object.entries(point).sort(([a], [b]) => (a < b ? -1 : 1)));
    const presets = createHash('sha256')
      .update(JSON.stringify([sorted, defaults.pruneEpochs]))
      .digest('hex')
      .slice(0, 16);
    expect(
      { revision, presets },
      `The presets of '${id}' changed: raise its revision, so that sweeps run it again, and note both in presets.json.`,
    ).toEqual(known[id]);
  },
);

it('a paradigm in its first revision leaves the identity of a run as it was', () => {
  const recipe = sampleRecipe();
  expect(identityOf(recipe)).toEqual(recipe);
  expect(JSON.stringify(identityOf({ ...recipe, logs: ['tensorboard'] }))).toBe(JSON.stringify(recipe));
  // Runs of sweeps that were made before there were revisions are found by this.
  expect(recipeId(recipe).slice(0, 10)).toBe('8759c90465');
});

it('another revision of its paradigm makes a recipe another run', () => {
  const recipe = sampleRecipe();
  const before = recipeId(recipe);
  const paradigm = paradigms.get(recipe.paradigm) as { revision?: number };
  paradigm.revision = 2;
  try {
    expect(recipeId(recipe)).not.toBe(before);
    expect(identityOf(recipe)).toEqual({ ...recipe, revision: 2 });
  } finally {
    delete paradigm.revision;
  }
});
