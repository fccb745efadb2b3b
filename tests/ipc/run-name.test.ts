import { expect, test } from 'vitest';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { catalog } from '../../main/engine/recipe/catalog.ts';
import { nameOfRun } from '../../main/ipc/run-name.ts';

const named = (recipe: object) =>
  nameOfRun(
    recipeSchema.parse({
      network: 'lenet-300-100',
      data: 'digits',
      paradigm: 'magnitude-gradual',
      budget: { sparsity: 0.9 },
      ...recipe,
    }),
    catalog(),
  );

test.each([
  [{}, 'LeNet-300-100, gradual magnitude, 90 %'],
  [{ name: 'Mine' }, 'Mine'],
  [{ paradigm: 'imp' }, 'LeNet-300-100, lottery tickets, 90 %'],
  [{ paradigm: 'rigl', budget: { sparsity: 0.95 } }, 'LeNet-300-100, RigL, 95 %'],
  [{ paradigm: 'lamp' }, 'LeNet-300-100, LAMP, 90 %'],
  [
    { network: 'resnet-20', paradigm: 'eagle-eye', budget: { macs: 0.5 } },
    'ResNet-20, EagleEye, 50 % of the MACs',
  ],
  [{ network: '/home/ada/models/my net.onnx' }, 'my net.onnx, gradual magnitude, 90 %'],
  [{ network: 'C:\\models\\net.onnx' }, 'net.onnx, gradual magnitude, 90 %'],
  [
    { prune: { structure: { kind: 'channel' } }, budget: { sparsity: 0.3 } },
    'LeNet-300-100, gradual magnitude, 30 % fewer channels',
  ],
])('a run of %j is called %s', (recipe, name) => {
  expect(named(recipe)).toBe(name);
});

test('no name has the id of a method in it', () => {
  for (const { id, label } of catalog().paradigms) {
    const name = named({ paradigm: id });
    if (id.includes('-') && id !== label.toLowerCase()) expect(name).not.toContain(`, ${id},`);
    expect(name.length).toBeLessThanOrEqual(200);
  }
});
