import type { ReadNode } from './model.ts';

/** What an operator that is not read stands for, and what to do about it. */
export interface Refusal {
  readonly message: string;
  readonly remedy: string;
}

const QUANTISED: Refusal = {
  message: 'computes in 8 bits: this model is already quantised',
  remedy: 'Bring the float32 model that it was made from, and let it be quantised after pruning.',
};
const LOOP: Refusal = {
  message: 'is a loop, which is not supported',
  remedy: 'Give a network without loops, or export it with its steps unrolled.',
};
const RECURRENT: Refusal = {
  message: 'is a recurrent layer, which is not supported',
  remedy: 'Give a network of convolutions, dense layers or attention.',
};
const DETECTOR: Refusal = {
  message: 'chooses boxes or regions, as networks that find objects do, which is not supported',
  remedy: 'Give a network that tells classes apart.',
};
const CHOICE: Refusal = {
  message: 'chooses among its inputs by what they hold, which cannot be trained',
  remedy: 'Export the network without the step that chooses.',
};

const kinds: readonly (readonly [Refusal, readonly string[]])[] = [
  [
    QUANTISED,
    [
      'QuantizeLinear',
      'DequantizeLinear',
      'DynamicQuantizeLinear',
      'QLinearConv',
      'QLinearMatMul',
      'ConvInteger',
      'MatMulInteger',
      'QLinearAdd',
      'QLinearMul',
      'QLinearConcat',
      'QLinearSigmoid',
      'QLinearLeakyRelu',
      'QLinearSoftmax',
      'QLinearAveragePool',
      'QLinearGlobalAveragePool',
      'QGemm',
      'QAttention',
      'QMoE',
      'DynamicQuantizeMatMul',
      'DynamicQuantizeLSTM',
      'MatMulIntegerToFloat',
      'MatMulNBits',
      'QuantizeBFP',
      'DequantizeBFP',
    ],
  ],
  [LOOP, ['Loop', 'Scan', 'SequenceMap']],
  [RECURRENT, ['LSTM', 'GRU', 'RNN']],
  [DETECTOR, ['NonMaxSuppression', 'RoiAlign', 'MaxRoiPool', 'EfficientNMS_TRT', 'BatchedNMS_TRT']],
  [CHOICE, ['ArgMax', 'ArgMin', 'TopK', 'NonZero', 'Compress', 'Unique', 'Multinomial']],
];

const refusals = new Map(kinds.flatMap(([refusal, ops]) => ops.map((op) => [op, refusal] as const)));

/** Why a node of this operator is not read, where it is of a kind that people know by another name. */
export function refusalOf({ opType }: Pick<ReadNode, 'opType'>): Refusal | undefined {
  return refusals.get(opType);
}
