import { recipeSchema, type Recipe, type RecipeInput } from '../../main/contract/recipe.ts';
import { searchMethodSchema } from '../../main/contract/search.ts';

/** Of each method. */
const EVALUATIONS = 50;
/** Validation samples that an evaluation looks at. */
const SAMPLES = 200;
export const SEEDS = [1, 2, 3] as const;

interface Case {
  readonly id: string;
  readonly title: string;
  readonly recipe: Pick<RecipeInput, 'network' | 'narrow' | 'data' | 'dense'>;
}

const data = {
  fashion: {
    kind: 'idx',
    path: '../../../shared/data/fashion-mnist',
    limit: 4000,
  },
  cifar: {
    kind: 'images',
    path: '../../../shared/data/cifar10-jpeg/cifar10-jpeg.zip',
    limit: 4000,
    constants: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    augment: { flip: true, crop: 4 },
  },
} as const satisfies Record<string, RecipeInput['data']>;

const dense = { epochs: 4, batchSize: 32, lr: 0.05 } as const;

/** Networks and data, the quickest first. */
export const cases: readonly Case[] = [
  {
    id: 'cifar-10-resnet-20',
    title: 'CIFAR-10 (JPEG copy), ResNet-20 as its authors trained it',
    recipe: {
      network: '../../../shared/data/models/onnx/akamaster_resnet20_cifar10_bn.onnx',
      data: data.cifar,
    },
  },
  {
    id: 'fashion-mnist-vgg-like',
    title: 'Fashion-MNIST, VGG-like with a quarter of its parameters, 4 epochs on 3,600 images',
    recipe: { network: 'vgg-like', narrow: 0.75, data: data.fashion, dense },
  },
  {
    id: 'fashion-mnist-resnet-20',
    title: 'Fashion-MNIST, ResNet-20, 4 epochs on 3,600 images',
    recipe: { network: 'resnet-20', data: data.fashion, dense },
  },
  {
    id: 'cifar-10-vgg-like',
    title: 'CIFAR-10 (JPEG copy), VGG-like with a quarter of its parameters, 4 epochs on 3,600 images',
    recipe: { network: 'vgg-like', narrow: 0.75, data: data.cifar, dense },
  },
];

/** Whole channels until half of the multiply-accumulates are left: every method beside constrained reinforcement learning. */
export function recipeOf({ recipe }: Case, seed: number): Recipe {
  const rivals = searchMethodSchema.options.filter((method) => method !== 'constrained-rl');
  return recipeSchema.parse({
    ...recipe,
    seed,
    paradigm: 'constrained-rl',
    prune: {
      structure: { kind: 'channel' },
      search: { evaluations: EVALUATIONS, samples: SAMPLES, rivals },
    },
    budget: { macs: 0.5 },
    export: ['safetensors'],
  } satisfies RecipeInput);
}
