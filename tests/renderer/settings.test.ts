import { describe, expect, it } from 'vitest';
import { catalog } from '../../main/engine/recipe/catalog.ts';
import { paradigms as engineParadigms } from '../../main/engine/compress/paradigms/index.ts';
import { structureMeant } from '../../main/engine/compress/structures/meant.ts';
import { checkRecipe } from '../../main/engine/recipe/check.ts';
import { pruneFields } from '../../renderer/text/data-fields.ts';
import { heardFields } from '../../renderer/text/settings.ts';
import { structureNow } from '../../main/words/structure-now.ts';
import { demoRecipe, pruningEpochs, withParadigm } from '../../renderer/stores/draft-recipe.ts';

const { paradigms } = catalog();
const entry = (id: string) => {
  const found = paradigms.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};
const names = (id: string, prune: Readonly<Record<string, unknown>> = {}) =>
  heardFields(pruneFields(), entry(id), prune).map(({ path }) => path.join('.'));

describe('the settings of a paradigm in the wizard', () => {
  it.each(paradigms.map(({ id }) => id))('%s: every value of a choice is one that the engine takes', (id) => {
    const draft = withParadigm(demoRecipe, entry(id), entry('magnitude-gradual'));
    for (const { path, control } of heardFields(pruneFields(), entry(id), {})) {
      // Shuffling wants masks between trainings, which a gradual schedule has not.
      if (control.kind !== 'choice' || entry(id).presets.schedule === 'cubic') continue;
      for (const { value } of control.options.filter((option) => option.value !== '')) {
        const [head = '', inner] = path;
        const prune = inner === undefined ? { [head]: value } : { [head]: { [inner]: value } };
        expect(checkRecipe({ ...draft, prune }).problems, `${path.join('.')}: ${value}`).toEqual([]);
      }
    }
  });

  it('follow the schedule, the scope, the criterion and the structure that are chosen', () => {
    expect(names('magnitude-gradual')).toContain('updatesPerEpoch');
    expect(names('magnitude-gradual')).not.toContain('rounds');
    expect(names('magnitude-gradual', { schedule: 'iterative' })).toContain('rounds');
    expect(names('bn-scale')).toContain('slimming');
    expect(names('bn-scale', { criterion: 'lamp' })).not.toContain('slimming');
    expect(names('magnitude-one-shot')).toContain('cap');
    expect(names('magnitude-one-shot', { scope: 'layerwise' })).not.toContain('cap');
    expect(names('magnitude-one-shot', { structure: { kind: 'channel' } })).toContain('structure.multiple');
  });

  it('offer the smaller network from scratch where one is left', () => {
    const controls = (prune = {}) => {
      const fields = heardFields(pruneFields(), entry('magnitude-one-shot'), prune);
      const field = fields.find(({ path }) => path.join('.') === 'control');
      return field?.control.kind === 'choice' ? field.control.options.map(({ value }) => value) : [];
    };
    expect(controls()).toContain('reinitialize');
    expect(controls()).not.toContain('scratch');
    expect(controls({ structure: { kind: 'channel' } })).toContain('scratch');
    // Set before the structure was changed, it can be taken back.
    expect(controls({ control: 'scratch' })).toContain('scratch');
  });

  it('know what is pruned as one: by the criterion, too, as the engine does', () => {
    for (const { id } of paradigms) {
      for (const criterion of [undefined, 'bn-scale', 'fpgm', 'magnitude']) {
        for (const kind of [undefined, 'block']) {
          const prune = { ...(criterion && { criterion }), ...(kind && { structure: { kind } }) };
          const { point } = engineParadigms.get(id);
          const listens = entry(id).settings.some(({ field }) => field === 'criterion');
          if (criterion !== undefined && !listens) continue;
          expect(structureNow(entry(id), prune), `${id}, ${criterion}`).toBe(structureMeant(prune, point));
        }
      }
    }
  });

  it('show what they are where the recipe leaves them open', () => {
    const presetOf = (id: string, name: string, prune = {}) =>
      heardFields(pruneFields(), entry(id), prune).find(({ path }) => path.join('.') === name)?.fallback;
    expect(presetOf('snip', 'protect')).toBe(true);
    expect(presetOf('force', 'rounds')).toBe(60);
    expect(presetOf('taylor', 'rounds', { schedule: 'linear' })).toBeTypeOf('number');
    expect(presetOf('magnitude-one-shot', 'rounds', { schedule: 'linear' })).toBe(5);
    expect(presetOf('imp', 'rounds')).toBeUndefined();
    expect(presetOf('magnitude-gradual', 'updatesPerEpoch')).toBe(10);
  });

  it('stay where they are set, to be taken back', () => {
    expect(names('gibbs', { rounds: 3 })).toContain('rounds');
    expect(names('gibbs')).not.toContain('rounds');
  });

  it('ask for epochs of pruning only where there are any', () => {
    const draft = (id: string, prune = {}) => ({ ...demoRecipe, paradigm: id, prune });
    expect(pruningEpochs(draft('magnitude-gradual'), entry('magnitude-gradual'))).toBe(5);
    const oneShot = draft('magnitude-gradual', { schedule: 'one-shot' });
    expect(pruningEpochs(oneShot, entry('magnitude-gradual'))).toBeNull();
    expect(pruningEpochs(draft('snip'), entry('snip'))).toBeNull();
  });
});
