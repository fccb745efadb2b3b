import { amountKindSchema, type AmountKind } from '../contract/amount.ts';

/** What may get better, in the words of what it is good for. */
interface Goal {
  readonly id: AmountKind;
  readonly label: string;
  readonly summary: string;
}

const words: Readonly<Record<AmountKind, Omit<Goal, 'id'>>> = {
  sparsity: {
    label: 'Sparsity',
    summary: 'A share of the weights becomes zero: a smaller download, and faster where kernels skip zeros.',
  },
  bytes: {
    label: 'File size',
    summary: 'Bytes of an exported file, as it lies on the disk or as a download after gzip.',
  },
  latency: {
    label: 'Latency',
    summary: 'Time of a call on this machine: in onnxruntime, in WebAssembly or in C.',
  },
  memory: {
    label: 'Memory',
    summary: 'All weights, and the values that must be held at once for one sample.',
  },
  macs: {
    label: 'Multiply-accumulates',
    summary: 'What convolutions and dense layers compute for one sample; zeros count, channels must leave.',
  },
  parameters: {
    label: 'Parameters',
    summary: 'Learned numbers of the network; zeros count, channels must leave.',
  },
  layers: {
    label: 'Layers',
    summary: 'Convolutions and dense layers: neighbours are fused into one, and the network gets shallower.',
  },
  channels: {
    label: 'Channels',
    summary: 'Channels, units and heads; what can only leave together counts as one.',
  },
};

/** A share that goes is of the channels where whole ones leave. */
const ofChannels = {
  label: 'Share of channels',
  summary: 'Which share of those that may leave goes; what makes and reads a channel goes with it.',
};

/** What a budget may be of. @param channels whether a sparsity counts channels, not weights */
export function goals(channels: boolean): readonly Goal[] {
  return amountKindSchema.options.map((id) => ({
    id,
    ...(id === 'sparsity' && channels ? ofChannels : words[id]),
  }));
}
