/** A program that reads networks as layers. They agree on nearly everything. */
export interface Dialect {
  /** For messages: 'Keras'. */
  readonly label: string;
  /** Name of a model whose layers form a graph. */
  readonly modelClass: string;
  /** Functions of Activation layers that not all of them know. */
  readonly activations: readonly string[];
  /** Convolutions in groups. */
  readonly groups: boolean;
  /** Depthwise convolutions with gaps. */
  readonly dilatedDepthwise: boolean;
  /** Strides of depthwise convolutions that differ between height and width. */
  readonly unevenDepthwise: boolean;
  /** Rescaling by a number for each channel. */
  readonly rescalesChannels: boolean;
  /** Subtract layers. */
  readonly subtracts: boolean;
  /** ELU layers with another factor than 1. */
  readonly scaledElu: boolean;
  /** UpSampling2D that interpolates between the middles of pixels. */
  readonly bilinear: boolean;
}

export const kerasDialect: Dialect = {
  label: 'Keras',
  modelClass: 'Functional',
  activations: ['exponential'],
  groups: true,
  dilatedDepthwise: true,
  unevenDepthwise: false,
  rescalesChannels: true,
  subtracts: true,
  scaledElu: true,
  bilinear: true,
};

/** The layers of @tensorflow/tfjs-layers. */
export const tfjsDialect: Dialect = {
  label: 'a TensorFlow.js LayersModel',
  modelClass: 'Model',
  // Keras and TensorFlow.js mean the same by it; newer versions of Keras mean something else.
  activations: ['hard_sigmoid', 'log_softmax'],
  groups: false,
  dilatedDepthwise: false,
  unevenDepthwise: true,
  rescalesChannels: false,
  subtracts: false,
  scaledElu: false,
  bilinear: false,
};
