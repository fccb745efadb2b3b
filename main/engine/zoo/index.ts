import { inputError } from '../../contract/errors.ts';
import type { ZooEntry } from './entry.ts';
import { lenet300100 } from './lenet-300-100.ts';
import { lenet5Caffe } from './lenet-5-caffe.ts';
import { mobilenetLike } from './mobilenet-like.ts';
import { resnet20, resnet32, resnet56 } from './resnet-cifar.ts';
import { vggLike } from './vgg-like.ts';

/** Every built-in architecture. */
export const zoo: readonly ZooEntry[] = [
  lenet300100,
  lenet5Caffe,
  vggLike,
  resnet20,
  resnet32,
  resnet56,
  mobilenetLike,
];

/** The entry of that name. @throws EspalierError listing the names there are. */
export function zooEntry(name: string): ZooEntry {
  const entry = zoo.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    throw inputError('network/unknown', `there is no built-in network '${name}'`, {
      field: 'network',
      remedy: `Take one of ${zoo.map((known) => known.name).join(', ')}, or the path of a model file.`,
    });
  }
  return entry;
}
