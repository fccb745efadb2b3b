import type { Call, KerasReaders } from '../call.ts';
import type { Value } from '../importer.ts';
import { resized } from './resizing.ts';

/** Layers that do nothing once training is over. */
const passed = (call: Call): Value => call.add('Identity', [call.input()]);

const noise = [
  'SpatialDropout1D',
  'SpatialDropout2D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'ActivityRegularization',
];

/** Those whose `call` gives images back as they are unless it trains. AutoContrast and its like always work. */
const augmentations = [
  'AugMix',
  'RandAugment',
  'RandomBrightness',
  'RandomColorDegeneration',
  'RandomColorJitter',
  'RandomContrast',
  'RandomElasticTransform',
  'RandomErasing',
  'RandomFlip',
  'RandomGaussianBlur',
  'RandomHeight',
  'RandomHue',
  'RandomInvert',
  'RandomPerspective',
  'RandomPosterization',
  'RandomRotation',
  'RandomSaturation',
  'RandomSharpness',
  'RandomShear',
  'RandomTranslation',
  'RandomWidth',
  'RandomZoom',
];

/** Height and width that a layer makes. */
function target(call: Call): [number, number] {
  return [call.number('height'), call.number('width')];
}

export const augmentation: KerasReaders = {
  ...Object.fromEntries([...noise, ...augmentations].map((name) => [name, passed])),

  /** Only what the layer's versions agree on: images that have the size already. */
  RandomCrop(call) {
    const image = call.image();
    if (image.shape.slice(2).join() === target(call).join()) return passed(call);
    throw call.fail(
      `cuts images of ${image.shape.slice(2).join(' x ')}; what it does then in use depends on the version of Keras`,
      'Use CenterCrop or Resizing in the model, and cut at random in the data pipeline.',
    );
  },

  CenterCrop(call) {
    const image = call.image();
    const size = target(call);
    const starts = size.map((wanted, i) => Math.floor(((image.shape[i + 2] ?? 1) - wanted) / 2));
    if (starts.some((start) => start < 0)) throw call.fail('makes images larger, which is not supported');
    if (starts.every((start, i) => start === 0 && image.shape[i + 2] === size[i])) return passed(call);
    const ends = starts.map((start, i) => start + (size[i] ?? 1));
    return call.add('Slice', [image], { starts, ends, axes: [2, 3], steps: [1, 1] });
  },

  Resizing(call) {
    const fitting = ['crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'antialias'];
    const other = fitting.find((name) => call.flag(name, false));
    if (other !== undefined) throw call.fail(`has '${other}', which is not supported`);
    return resized(call, target(call), call.text('interpolation', 'bilinear'));
  },
};
