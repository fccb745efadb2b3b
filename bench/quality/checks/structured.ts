import { at, type Check, type Section } from './check.ts';

const CIFAR = 'cifar-10-resnet-20-structured';
const LONG = 'cifar-10-resnet-20-structured-long';
const FASHION = 'fashion-mnist-lenet-5-caffe-structured';

const FEW_SEEDS = 'The seeds spread too far for a verdict.';

/** What the series are in words. */
const METHODS: Readonly<Record<string, string>> = {
  'group L1': 'Group L1',
  taylor: 'Taylor scores',
  FPGM: 'FPGM',
  'greg-2': 'GReg-2',
};

interface Asked {
  readonly grid: string;
  /** The share of the multiply-accumulates that goes. */
  readonly gone: number;
  /** The series of the network from scratch, and of the dense one that trained as long. */
  readonly scratch: string;
  readonly dense: string;
  /** How far below the dense network a method may be, as a fraction. */
  readonly margin: number;
}

const questions = ({ grid, gone, scratch, dense, margin }: Asked): Check[] => {
  const control = at(grid, 'random channels', gone);
  const longer = at(grid, dense, 0);
  const above = (series: string, what: string): Check => ({
    kind: 'above',
    what: `${what} above random channels`,
    of: at(grid, series, gone),
    than: control,
    otherwise: FEW_SEEDS,
  });
  return [
    ...Object.entries(METHODS).map(([series, words]) => above(series, words)),
    ...[...Object.entries(METHODS), [scratch, 'The same widths from scratch'] as const].map(
      ([series, words]): Check => ({
        kind: 'matches',
        what: `${words} beside the dense network, trained as long`,
        of: at(grid, series, gone),
        with: longer,
        margin,
        otherwise: FEW_SEEDS,
      }),
    ),
  ];
};

const cifar: Asked = {
  grid: CIFAR,
  gone: 0.5,
  scratch: 'group L1, from scratch',
  dense: 'dense, trained longer: 4 epochs',
  margin: 0.012,
};

const besideTheFile = Object.entries(METHODS).map(([series, words]): Check => ({
  kind: 'matches',
  what: `${words} beside the file as it came, which was trained on the lossless images`,
  of: at(CIFAR, series, 0.5),
  with: at(CIFAR, 'dense'),
  longer: at(CIFAR, cifar.dense, 0),
  margin: 0.012,
  otherwise: FEW_SEEDS,
}));

const fashion: Asked = {
  grid: FASHION,
  gone: 0.75,
  scratch: 'group L1, from scratch',
  dense: 'dense, trained longer: 12 epochs',
  margin: 0.005,
};

const afterAllImages: Check[] = [
  {
    kind: 'matches',
    what: 'Group L1 beside the dense network, both after eight epochs on all images',
    of: at(LONG, 'group L1', 0.5),
    with: at(LONG, 'dense, trained longer: 8 epochs', 0),
    margin: 0.012,
    otherwise: FEW_SEEDS,
  },
];

export const structured: Section = {
  title: 'Whole channels',
  text: 'Channels leave the network, with all that makes and reads them, until it computes so much less: what the columns say of the multiply-accumulates is gone, to 2 %. Group L1, Taylor scores, FPGM and GReg-2 choose which, over all groups of channels that go together; beside them stand channels at random and the smallest by L1, the same share of every group, and the network that group L1 leaves, its weights drawn anew. The epochs of that one are those of its own training: its widths are taken as known.',
  grids: [CIFAR, LONG, FASHION],
  reasons: {
    'group L1, from scratch': 'Weights drawn anew: a control.',
  },
  checks: [
    {
      title: 'ResNet-20, half of the multiply-accumulates',
      list: [...questions(cifar), ...besideTheFile, ...afterAllImages],
    },
    { title: 'LeNet-5-Caffe, a quarter of the multiply-accumulates', list: questions(fashion) },
  ],
};
