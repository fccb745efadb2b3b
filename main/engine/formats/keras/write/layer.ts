import type { TensorData } from '../../../network/graph.ts';

/** What one use of a layer makes. */
export interface LayerValue {
  readonly layer: Layer;
  /** Which use of the layer, from 0. */
  readonly call: number;
}

/** A layer's numbers as Keras has them. */
export interface LayerWeight {
  /** Keras' name for them: 'kernel'. */
  readonly name: string;
  /** The parameter of ours that they are. */
  readonly param: string;
  readonly tensor: TensorData;
}

export type LayerConfig = Readonly<Record<string, unknown>>;

/** A layer of a Keras model, as it is written. */
export interface Layer {
  readonly className: string;
  readonly name: string;
  readonly config: LayerConfig;
  readonly weights: readonly LayerWeight[];
  /** What each of its uses reads. */
  readonly calls: (readonly LayerValue[])[];
}
