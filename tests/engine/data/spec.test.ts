import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dataSource, dataSpecSchema } from '../../../main/contract/data.ts';
import { augmentOf } from '../../../main/engine/data/load.ts';
import { dataReaders } from '../../../main/engine/data/readers/index.ts';

interface JsonSchema {
  description?: string;
  properties?: Record<string, JsonSchema>;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

describe("a recipe's data field", () => {
  it('fills in the defaults', () => {
    expect(dataSource(dataSpecSchema.parse('digits'))).toEqual(
      dataSource(dataSpecSchema.parse({ kind: 'digits' })),
    );
    expect(dataSpecSchema.parse({ kind: 'idx', path: 'x' })).toEqual({
      kind: 'idx',
      path: 'x',
      layout: 'auto',
      normalize: 'standard',
      validation: 0.1,
      test: 0.2,
    });
  });

  it.each([
    [{ kind: 'idx', path: 'x', limt: 3 }],
    [{ kind: 'idx' }],
    [{ kind: 'idc', path: 'x' }],
    [{ kind: 'csv', path: 'x', test: 0 }],
    [{ kind: 'images', path: 'x', augment: { flipp: true } }],
    ['digitz'],
  ])('refuses %j', (spec) => {
    expect(dataSpecSchema.safeParse(spec).success).toBe(false);
  });

  it('has a reader for every kind, and describes every field in its JSON Schema', () => {
    const visit = (schema: JsonSchema, path: string): string[] => [
      ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
        ...(field.description === undefined ? [`${path}.${name}`] : []),
        ...visit(field, `${path}.${name}`),
      ]),
      ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((option) => visit(option, path)),
    ];
    expect(visit(z.toJSONSchema(dataSpecSchema, { io: 'input' }) as JsonSchema, 'data')).toEqual([]);
    for (const [kind, reader] of Object.entries(dataReaders)) {
      expect(reader.kind).toBe(kind);
      expect(reader.label && reader.summary).toBeTruthy();
    }
  });

  it('has augmentation only where something is to be done', () => {
    expect(augmentOf('digits')).toBeUndefined();
    expect(augmentOf(dataSpecSchema.parse({ kind: 'digits', augment: {} }))).toBeUndefined();
    expect(augmentOf(dataSpecSchema.parse({ kind: 'digits', augment: { crop: 2 } }))).toEqual({
      flip: false,
      crop: 2,
    });
  });
});
