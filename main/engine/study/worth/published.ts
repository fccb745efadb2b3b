/** A curve that others published: accuracy against compression, of one network and data set. */
export interface PublishedCurve {
  readonly network: string;
  readonly data: string;
  readonly method: string;
  readonly source: string;
  readonly points: readonly { readonly compression: number; readonly accuracy: number }[];
}

/** Exponents of ten of the compression, a quarter apart. */
const QUARTERS = Array.from({ length: 13 }, (_, i) => i / 4);

const SYNFLOW =
  'Tanaka et al. 2020, https://arxiv.org/abs/2006.05467: figures released with the code, means of three seeds';

/** Final test accuracy in percent at compressions of 10^0 to 10^3. */
const atInitialisation: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  'vgg-11': {
    random: [92.0, 91.8, 91.0, 89.8, 88.7, 86.2, 83.3, 79.4, 73.7, 65.7, 48.4, 27.9, 12.3],
    magnitude: [92.0, 91.9, 91.8, 91.4, 90.9, 90.3, 88.8, 87.2, 85.2, 81.1, 14.0, 10.0, 10.0],
    SNIP: [92.1, 92.3, 91.5, 91.0, 90.2, 89.4, 88.3, 86.7, 84.9, 82.0, 79.2, 72.8, 65.4],
    GraSP: [92.0, 91.3, 91.1, 90.5, 89.9, 88.9, 87.6, 86.2, 84.3, 81.3, 77.6, 72.3, 63.8],
    SynFlow: [92.1, 92.1, 92.0, 91.6, 91.0, 90.5, 89.9, 88.5, 86.8, 85.1, 83.0, 80.2, 76.9],
  },
  'vgg-16': {
    random: [93.5, 93.4, 93.1, 92.4, 91.1, 89.7, 87.5, 84.1, 79.1, 68.9, 49.1, 13.6, 10.0],
    magnitude: [93.5, 93.5, 93.3, 93.4, 93.1, 92.4, 92.0, 90.9, 89.8, 81.2, 10.0, 10.0, 10.0],
    SNIP: [93.5, 93.7, 93.3, 92.9, 92.3, 91.8, 91.1, 90.6, 89.1, 87.6, 84.6, 81.8, 76.3],
    GraSP: [93.4, 93.1, 93.1, 92.8, 91.8, 91.1, 90.2, 89.0, 87.5, 85.5, 82.7, 78.6, 70.9],
    SynFlow: [93.5, 93.5, 93.5, 93.4, 93.3, 92.7, 92.1, 91.2, 90.1, 88.5, 86.8, 83.8, 80.4],
  },
  'resnet-18': {
    random: [95.1, 94.6, 94.4, 93.9, 92.9, 91.6, 89.6, 87.3, 83.0, 76.0, 58.5, 39.3, 13.5],
    magnitude: [94.9, 94.9, 94.9, 94.7, 94.4, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0],
    SNIP: [94.9, 94.9, 94.8, 94.6, 94.3, 93.7, 93.2, 91.8, 90.8, 88.9, 86.0, 82.9, 78.6],
    GraSP: [95.0, 94.6, 94.4, 94.2, 93.8, 92.8, 92.1, 91.2, 89.7, 87.5, 84.6, 80.7, 71.4],
    SynFlow: [94.8, 95.0, 94.8, 94.6, 94.1, 93.7, 92.7, 91.8, 90.4, 88.6, 86.1, 83.2, 79.9],
  },
};

const SNIP = 'Lee, Ajanthan and Torr 2019, https://arxiv.org/abs/1810.02340';

/** Test errors on MNIST in percent, by the share of weights that is kept. */
const snipOnMnist: Readonly<Record<string, readonly (readonly [kept: number, error: number])[]>> = {
  'lenet-300-100': [
    [0.05, 1.6],
    [0.02, 2.4],
  ],
  'lenet-5-caffe': [
    [0.02, 0.8],
    [0.01, 1.1],
  ],
};

/** All published curves that runs are held against. */
export const published: readonly PublishedCurve[] = [
  ...Object.entries(snipOnMnist).map(([network, rows]) => ({
    network,
    data: 'MNIST',
    method: 'SNIP',
    source: SNIP,
    points: rows.map(([kept, error]) => ({ compression: 1 / kept, accuracy: 1 - error / 100 })),
  })),
  ...Object.entries(atInitialisation).flatMap(([network, methods]) =>
    Object.entries(methods).map(([method, values]) => ({
      network,
      data: 'CIFAR-10',
      method,
      source: SYNFLOW,
      points: values.map((percent, i) => ({
        compression: 10 ** (QUARTERS[i] ?? 0),
        accuracy: percent / 100,
      })),
    })),
  ),
];
