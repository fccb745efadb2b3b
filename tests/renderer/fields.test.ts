import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dataSourceSchema } from '../../main/contract/data.ts';
import { trainSpecSchema } from '../../main/contract/recipe.ts';
import { dataFields, dataPlace, pruneFields, trainFields } from '../../renderer/text/data-fields.ts';
import { fieldsOf, getAt, setAt, withChoices } from '../../renderer/text/fields.ts';

describe('forms from schemas', () => {
  it('makes a control for each kind of field, with its bounds, default and help', () => {
    const fields = fieldsOf(
      z.strictObject({
        kind: z.literal('x'),
        epochs: z.int().min(0).max(10).describe('Passes'),
        lr: z.number().positive().default(0.1),
        flip: z.boolean().default(false),
        mode: z.enum(['a', 'b']).optional(),
        names: z.array(z.string()).optional(),
        inner: z.strictObject({ deepName: z.number().optional() }).optional(),
      }),
    );
    expect(fields.map(({ path }) => path.join('.'))).toEqual([
      'epochs',
      'lr',
      'flip',
      'mode',
      'names',
      'inner.deepName',
    ]);
    const [epochs, lr, flip, mode, names, deep] = fields;
    expect(epochs).toMatchObject({
      label: 'Epochs',
      help: 'Passes',
      required: true,
      control: { kind: 'number', whole: true, min: 0, max: 10 },
    });
    expect(lr).toMatchObject({
      required: false,
      fallback: 0.1,
      control: { kind: 'number', whole: false, min: 0 },
    });
    expect(flip?.control).toEqual({ kind: 'flag' });
    expect(mode?.control).toMatchObject({
      kind: 'choice',
      options: [{ value: '' }, { value: 'a' }, { value: 'b' }],
    });
    expect(names?.control).toEqual({ kind: 'list', of: 'text' });
    expect(deep).toMatchObject({ label: 'Inner: deep name', required: false });
  });

  it('covers every field of the contract', () => {
    expect([...new Set(trainFields().map(({ path }) => path[0]))]).toEqual(
      Object.keys(trainSpecSchema.shape),
    );
    for (const option of dataSourceSchema.options) {
      const heads = new Set(dataFields(option.shape.kind.value).map(({ path }) => path[0]));
      expect([...heads].sort()).toEqual(
        Object.keys(option.shape)
          .filter((key) => key !== 'kind')
          .sort(),
      );
    }
    expect(pruneFields().length).toBeGreaterThan(5);
  });

  it('knows what is read from a file and what from a folder', () => {
    expect(dataPlace('digits')).toBe(null);
    expect(dataPlace('csv')).toBe('file');
    expect(dataPlace('images')).toBe('folder');
  });

  it('gives a text a list to choose from, with a choice that leaves it out', () => {
    const [field] = fieldsOf(z.object({ scope: z.string().optional() }));
    if (field === undefined) throw new Error('no field');
    const { control } = withChoices(field, [{ id: 'global', label: 'Global' }], 'As preset');
    expect(control).toEqual({
      kind: 'choice',
      options: [
        { value: '', label: 'As preset' },
        { value: 'global', label: 'Global' },
      ],
    });
  });
});

describe('values at a path', () => {
  const start = { a: 1, deep: { x: 1, y: 2 } };

  it('are read, set, and leave the rest as it was', () => {
    expect(getAt(start, ['deep', 'y'])).toBe(2);
    expect(getAt(start, ['deep', 'y', 'z'])).toBe(undefined);
    const next = setAt(start, ['deep', 'x'], 9);
    expect(next).toEqual({ a: 1, deep: { x: 9, y: 2 } });
    expect(start.deep.x).toBe(1);
    expect(Object.keys(next)).toEqual(['a', 'deep']);
  });

  it('are taken out by undefined, with objects that become empty', () => {
    expect(setAt(start, ['deep', 'x'], undefined)).toEqual({ a: 1, deep: { y: 2 } });
    expect(setAt({ a: 1, deep: { x: 1 } }, ['deep', 'x'], undefined)).toEqual({ a: 1 });
    expect(setAt({}, ['augment', 'flip'], true)).toEqual({ augment: { flip: true } });
  });

  it('calls every value of a choice by words, each of a field by others', () => {
    const data = dataSourceSchema.options.flatMap((option) => dataFields(option.shape.kind.value));
    for (const { control } of [...pruneFields(), ...trainFields(), ...data]) {
      if (control.kind !== 'choice') continue;
      const labels = control.options.map(({ label }) => label);
      for (const label of labels) expect(label).toMatch(/^\p{Lu}[^_]*$/u);
      expect(new Set(labels).size).toBe(labels.length);
    }
    const optimizer = trainFields().find(({ path }) => path[0] === 'optimizer')?.control;
    expect(optimizer).toMatchObject({ options: [{ value: 'sgd', label: 'SGD' }, { label: 'Adam' }, {}] });
    const restart = pruneFields().find(({ path }) => path[0] === 'restart')?.control;
    expect(restart).toMatchObject({
      options: expect.arrayContaining([
        { value: 'signed-reshuffle', label: 'Values permuted, signs kept' },
      ]) as unknown,
    });
  });

  it('tells nothing that only the command line has, nor the ids of what is chosen by name', () => {
    const all = [...pruneFields(), ...trainFields(), ...dataFields('csv'), ...dataFields('idx')];
    for (const { help } of all) expect(help).not.toContain('espalier ');
    const field = (name: string) => {
      const found = pruneFields().find(({ path }) => path.join('.') === name);
      if (found === undefined) throw new Error(name);
      return found;
    };
    expect(field('criterion').help).toBe('What decides which weights matter');
    expect(field('protect').help).not.toContain('(true)');
    expect(withChoices(field('structure.kind'), [], '').help).toBe('What is kept or pruned as one');
    expect(withChoices(field('scope'), [], '').help).toBe('How the budget is spread over layers');
  });
});
