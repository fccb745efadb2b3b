import { expect, test } from 'vitest';
import { z } from 'zod';
import { dataSourceSchema } from '../../main/contract/data.ts';
import { isModelPath, pathMarkOf, pathsIn } from '../../main/contract/paths.ts';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { catalog } from '../../main/engine/recipe/catalog.ts';
import { Random } from '../../main/engine/base/random.ts';
import { unknownNames } from '../../main/engine/recipe/names.ts';
import { sampleRecipe } from '../support/samples.ts';

test('paths are told from names of the zoo', () => {
  for (const path of ['a.onnx', './a', 'folder/', 'C:\\a', 'm.keras', 'x.00', 'net.h', 'a.b.H5'])
    expect(isModelPath(path)).toBe(true);
  for (const { id } of catalog().networks) expect(isModelPath(id)).toBe(false);
  for (const name of ['resnet20', 'lenet-5-caffe', 'vgg-like', 'a.', '.'])
    expect(isModelPath(name)).toBe(false);
});

test('what the engine would open as a file is exactly what is guarded', () => {
  const random = Random.from(7, 'names');
  const letters = [...'ab0H5.-_/\\ é'];
  const known = catalog();
  for (let i = 0; i < 2000; i++) {
    const length = 1 + random.int(8);
    const network = Array.from({ length }, () => letters[random.int(letters.length)] ?? 'a').join('');
    const recipe = sampleRecipe({ network });
    const opened = unknownNames(recipe, known).every(({ field }) => field !== 'network');
    const guarded = pathsIn(recipeSchema, recipe).some(({ field }) => field === 'network');
    expect({ network, guarded }).toEqual({ network, guarded: opened });
  }
});

test('every path of a recipe is found, from where it starts', () => {
  const files = { trainImages: 'a', trainLabels: 'b', testImages: '../c' };
  const recipe = recipeSchema.parse({
    ...sampleRecipe(),
    network: 'net.onnx',
    weights: 'w.npz',
    data: { kind: 'idx', path: 'folder', files },
  });
  expect(pathsIn(recipeSchema, recipe)).toEqual([
    { field: 'network', parts: ['net.onnx'] },
    { field: 'weights', parts: ['w.npz'] },
    { field: 'data.path', parts: ['folder'] },
    { field: 'data.files.trainImages', parts: ['folder', 'a'] },
    { field: 'data.files.trainLabels', parts: ['folder', 'b'] },
    { field: 'data.files.testImages', parts: ['folder', '../c'] },
  ]);
  expect(pathsIn(recipeSchema, sampleRecipe())).toEqual([]);
});

test('no field of the data that is called like a path is left unmarked', () => {
  const unmarked = (schema: z.ZodType, at: string): string[] => {
    if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
      return pathMarkOf(schema) === undefined ? unmarked(schema.unwrap() as z.ZodType, at) : [];
    if (schema instanceof z.ZodString)
      return pathMarkOf(schema) === undefined && /path|file|folder|images|labels/i.test(at) ? [at] : [];
    if (!(schema instanceof z.ZodObject)) return [];
    return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, field]) =>
      unmarked(field, key),
    );
  };
  for (const option of dataSourceSchema.options) expect(unmarked(option, '')).toEqual([]);
});
