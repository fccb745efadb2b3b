import type { SourceOf } from '../../../contract/data.ts';
import type { PartName } from '../split.ts';

export type ArrayNames = NonNullable<SourceOf<'npz'>['arrays']>;

const PARTS: Readonly<Record<string, PartName>> = {
  train: 'train',
  training: 'train',
  tr: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
  te: 'test',
};

/** Words for samples and labels; where a source has several, the first counts. */
const WORDS = {
  x: ['x', 'images', 'image', 'imgs', 'samples', 'inputs', 'input', 'features', 'data'],
  y: ['y', 'labels', 'label', 'targets', 'target', 'classes', 'class'],
} as const;

type Role = keyof typeof WORDS;

interface Meaning {
  readonly part: PartName | undefined;
  readonly role: Role;
  /** Place among the words of the role. */
  readonly rank: number;
}

/** What a name says: 'X_train', 'test-labels' and 'trainY' are samples or labels of a part; undefined for any other. */
function meaningOf(name: string): Meaning | undefined {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const part = words.map((word) => PARTS[word]).find((found) => found !== undefined);
  const [word, more] = words.filter((one) => PARTS[one] === undefined);
  if (word === undefined || more !== undefined) return undefined;
  for (const role of ['x', 'y'] as const) {
    const rank = (WORDS[role] as readonly string[]).indexOf(word);
    if (rank >= 0) return { part, role, rank };
  }
  return undefined;
}

/**
 * Finds samples and labels among arrays by their usual names, alone or with a part ('x' and 'y', 'train_images' and
 * 'train_labels', 'data' and 'target', ...); undefined where there is no pair for training.
 */
export function usualNames(names: readonly string[]): ArrayNames | undefined {
  const meanings = names.flatMap((name) => {
    const meaning = meaningOf(name);
    return meaning === undefined ? [] : [{ name, ...meaning }];
  });
  const find = (role: Role, part: PartName | undefined) =>
    meanings.filter((one) => one.role === role && one.part === part).sort((a, b) => a.rank - b.rank)[0]?.name;
  const pair = (part: PartName | undefined) => {
    const [x, y] = [find('x', part), find('y', part)];
    return x === undefined || y === undefined ? undefined : { x, y };
  };
  const train = pair('train') ?? pair(undefined);
  if (train === undefined) return undefined;
  const [validation, test] = [pair('validation'), pair('test')];
  return {
    ...train,
    ...(validation && { xValidation: validation.x, yValidation: validation.y }),
    ...(test && { xTest: test.x, yTest: test.y }),
  };
}
