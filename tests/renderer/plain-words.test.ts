import { expect, test } from 'vitest';
import { checkRecipe } from '../../main/engine/recipe/check.ts';
import { catalog } from '../../main/engine/recipe/catalog.ts';
import { plainWords } from '../../renderer/text/plain-words.ts';

const words = catalog();

test.each([
  [
    "The criterion 'snip' does not go with the structure 'channel': it scores weights.",
    'The criterion “SNIP” does not go with the structure “Whole channels”: it scores weights.',
  ],
  [
    'rigl has a schedule of its own. Leave prune.schedule out.',
    'RigL has a schedule of its own. Leave “Schedule” out.',
  ],
  ['Choose: element, channel.', 'Choose: Single weights, Whole channels.'],
  ["There is no structure 'hexagons'.", "There is no structure 'hexagons'."],
  ['the network has no batch norms', 'the network has no batch norms'],
])('%s is said plainly', (text, plain) => {
  expect(plainWords(text, words)).toBe(plain);
});

test('a refusal of the engine names no id of what the form calls otherwise', () => {
  const { problems } = checkRecipe({
    network: 'lenet-300-100',
    data: 'digits',
    paradigm: 'rigl',
    budget: { sparsity: 0.9 },
    prune: { structure: { kind: 'block' } },
  });
  expect(problems[0]?.message).toContain("structure 'block'");
  const plain = plainWords(problems[0]?.message ?? '', words);
  expect(plain).toContain('RigL does not go with the structure “Blocks”');
});
