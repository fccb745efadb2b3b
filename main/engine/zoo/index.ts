import { Registry } from '../base/registry.ts';
import type { ZooEntry } from './entry.ts';
import { lenet300100 } from './lenet-300-100.ts';
import { lenet5Caffe } from './lenet-5-caffe.ts';
import { mobilenetLike } from './mobilenet-like.ts';
import { resnet20, resnet32, resnet56 } from './resnet-cifar.ts';
import { vggLike } from './vgg-like.ts';

/** Classes of a network that is shown without data: ten, as in MNIST and CIFAR-10. */
export const DEFAULT_CLASSES = 10;

/** Every built-in architecture. */
export const zoo = new Registry<ZooEntry>('network', [
  lenet300100,
  lenet5Caffe,
  vggLike,
  resnet20,
  resnet32,
  resnet56,
  mobilenetLike,
]);
