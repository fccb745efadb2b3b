/** What the values of a recipe's choices are called, by themselves or, as 'field/value', in one field. */
const words: Readonly<Record<string, string>> = {
  auto: 'Automatic',
  sgd: 'SGD',
  adamw: 'AdamW',
  lamp: 'LAMP',
  rgb: 'RGB',
  cifar10: 'CIFAR-10',
  cifar100: 'CIFAR-100',
  tanh: 'tanh',
  unary: 'Single weights',
  kernel: 'Kernels',
  filter: 'Filters',
  'schedule/step': 'In steps',
  'members/all': 'All of its slices',
  'members/makers': 'Those that make it',
  'members/readers': 'Those that read it',
  'attention/heads': 'Whole heads',
  'attention/width': 'The same index of every head',
  'grouped/relative': 'The same index of every group',
  'grouped/whole': 'Whole groups',
  'normalise/none': 'Nothing',
  'normalize/standard': 'Standard: mean 0, variance 1',
  'normalize/unit': 'Unit: 0 to 1',
  'normalize/none': 'None: as they are',
  'restart/reinitialize': 'Values drawn anew',
  'restart/reshuffle': 'Values permuted',
  'restart/constant': 'A constant',
  'control/shuffle': 'Shuffle masks within layers',
  'control/reinitialize': 'Draw weights anew',
  'control/invert': 'Keep the worst-scored',
  'control/scratch': 'The smaller network from scratch',
  'batchNorm/training': "The batch's statistics",
  'batchNorm/evaluation': 'The running statistics',
  'weights/initial': 'Initial weights',
};

const signed = 'signed-';

/** ('optimizer', 'sgd') -> 'SGD', ('restart', 'signed-constant') -> 'A constant, signs kept'; others as they are, in plain writing. */
export function optionWord(field: string, value: string): string {
  if (value.startsWith(signed)) return `${optionWord(field, value.slice(signed.length))}, signs kept`;
  const plain = value.replaceAll('-', ' ');
  return words[`${field}/${value}`] ?? words[value] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}
