/** A term of the field, as the screens and docs/glossary.md explain it. */
export interface GlossaryEntry {
  readonly term: string;
  /** What it is counted or measured in, or the range that it lies in; absent where it is no quantity. */
  readonly unit?: string;
  readonly text: string;
  /** Further labels that the screens show it under. */
  readonly labels?: readonly string[];
}

/** All terms, by subject: quality, size and speed, what is pruned and how, training, data, results. */
export const glossary: readonly GlossaryEntry[] = [
  {
    term: 'Accuracy',
    unit: '0 to 100 %; differences in points',
    text: 'Share of the samples of a part that the network answers rightly. One point is one hundredth.',
    labels: ['Test accuracy', 'Best accuracy', 'Right answers'],
  },
  {
    term: 'Top-5 accuracy',
    unit: '0 to 100 %',
    text: 'Share of the samples whose right class is among the five that the network gives most to.',
  },
  {
    term: 'Exact match',
    unit: '0 to 100 %',
    text: 'Where a sample may have several classes: share of the samples of which every class is answered rightly.',
  },
  {
    term: 'F1',
    unit: '0 to 100 %',
    text: 'Harmonic mean of precision (which share of the found is right) and recall (which share of the right is found): micro over all answers together, macro as the mean over the classes.',
    labels: ['F1, micro', 'F1, macro'],
  },
  {
    term: 'Loss',
    unit: 'nats a sample',
    text: 'What training makes small: the cross-entropy between the answers and the labels. 0 is certain and right; guessing among ten classes is 2.30.',
    labels: ['Test loss'],
  },
  {
    term: 'Parameters',
    unit: 'numbers',
    text: 'All learned numbers of a network: weights, biases, scales and shifts. Zeros count as long as they are stored.',
    labels: ['Parameters of one'],
  },
  {
    term: 'Non-zero parameters',
    unit: 'numbers',
    text: 'Parameters that are not zero. Only these need to be stored or multiplied where zeros are skipped.',
    labels: ['Non-zero', 'Non-zeros'],
  },
  {
    term: 'MACs',
    unit: 'multiply-accumulates a sample',
    text: 'How often a network multiplies two numbers and adds the product to a sum, in convolutions, dense layers and attention, for one sample. Zeros count.',
    labels: ['MACs a sample', 'MACs of one', 'Multiply-accumulates'],
  },
  {
    term: 'Effective MACs',
    unit: 'multiply-accumulates a sample',
    text: 'The MACs that are left when those with a weight of zero are not counted: what a program that skips zeros has to do.',
  },
  {
    term: 'File size',
    unit: 'bytes (B, kB, MB; 1 kB is 1,000 B)',
    text: 'Bytes of an exported file as it lies on the disk. Zeros take as much room there as other numbers.',
    labels: ['ONNX file', 'On disk'],
  },
  {
    term: 'Download',
    unit: 'bytes (B, kB, MB; 1 kB is 1,000 B)',
    text: 'Bytes of the file after gzip, which servers and app stores use: zeros nearly vanish there.',
    labels: ['ONNX, gzipped', 'Download (gzip)'],
  },
  {
    term: 'Latency',
    unit: 'milliseconds a call',
    text: 'Time from giving the network its input to having its answer, on this machine, as the median of many calls: half of them are faster.',
    labels: ['Latency, median', 'Time of a call'],
  },
  {
    term: 'Latency, batch',
    unit: 'milliseconds a call',
    text: 'Latency of a call with many samples at once. A sample of a batch is cheaper than a sample by itself: weights are read once for all of them.',
  },
  {
    term: 'Latency, p90 and p95',
    unit: 'milliseconds a call',
    text: 'The time that 90 % or 95 % of the calls keep to. Far above the median, it tells of other work on the machine.',
    labels: ['Latency, p90', 'Latency, p95'],
  },
  {
    term: 'Activations at peak',
    unit: 'bytes',
    text: 'The most that values between layers take at one moment, for one sample in 32 bits.',
  },
  {
    term: 'Sparsity',
    unit: '0 to 100 %',
    text: 'Share of the prunable weights that are zero. 90 % leaves one weight in ten.',
    labels: ['Weights pruned', 'Pruned'],
  },
  {
    term: 'Prunable weights',
    unit: '0 to 100 % of the parameters',
    text: 'Weights of convolutions, dense layers and attention. Biases and the numbers of batch norms are few and stay.',
    labels: ['Can be pruned'],
  },
  {
    term: 'Budget',
    text: 'What the compressed network may have or cost: a sparsity, a size, a latency, or several at once. Pruning goes as far as it takes to meet it.',
  },
  {
    term: 'Promise',
    text: 'Whether what was asked for in the budget was measured to hold in the compressed network.',
  },
  {
    term: 'Paradigm',
    text: 'When pruning happens beside training and with which weights it goes on: once after training, gradually, in rounds, before training, and so on.',
    labels: ['Method'],
  },
  {
    term: 'Criterion',
    text: 'How the importance of a weight or channel is scored, such as by its magnitude. What scores least goes first.',
  },
  {
    term: 'Structure',
    text: 'What goes as one piece: single weights, blocks, N of every M weights, or whole channels. Only whole channels make every program faster.',
    labels: ['Structure: kind'],
  },
  {
    term: 'N:M sparsity',
    unit: 'weights',
    text: 'Of every M weights in a row only N are kept, a pattern that some processors compute faster, such as 2 of 4.',
    labels: ['Structure: n', 'Structure: m'],
  },
  {
    term: 'Scope',
    text: 'Which weights compete with each other for staying: those of the whole network, or those of each layer by itself.',
  },
  {
    term: 'Schedule',
    text: 'How a number changes while training goes on: the learning rate, or the sparsity from none to what is asked.',
  },
  {
    term: 'Rounds',
    unit: 'rounds',
    text: 'How many times pruning and training take turns until the whole budget is met.',
  },
  {
    term: 'Rewinding',
    text: 'Setting the weights that stay back to what they were early in training, then training them again.',
    labels: ['Rewind'],
  },
  {
    term: 'Cap',
    unit: 'share of a layer, 0 to 1',
    text: 'The most that may be pruned of any one layer, so that none is emptied.',
  },
  {
    term: 'Own share',
    unit: '0 to 100 % of a layer or group',
    text: 'What is pruned of this layer or group by a choice of your own; the others share the rest of the budget.',
    labels: ['Own share, %'],
  },
  {
    term: 'Best share',
    unit: '0 to 100 % of a layer or group',
    text: 'What sensitivity says may be pruned of it, so that all layers together meet the budget and lose least.',
  },
  {
    term: 'Group of channels',
    unit: 'channels',
    text: 'Channels of several layers that can only leave together, because values are added or multiplied channel by channel.',
    labels: ['Group'],
  },
  {
    term: 'Width',
    unit: 'channels, units or heads',
    text: 'How many channels a layer makes. Where whole channels leave, every layer that reads them becomes smaller too.',
  },
  {
    term: 'Sensitivity',
    unit: 'points of accuracy, or loss',
    text: 'What is lost when one layer alone is pruned by some share, without training afterwards.',
  },
  {
    term: 'Mask',
    text: 'For each weight whether it is kept. Pruned weights are zero, get no gradient and so stay zero.',
  },
  {
    term: 'Mask overlap',
    unit: '0 to 100 % of the kept weights',
    text: 'Which share of the weights that either of two masks keeps is kept by both (the Jaccard index), beside what chance would give.',
    labels: ['In common'],
  },
  {
    term: 'Recalibration',
    unit: 'samples',
    text: 'Measuring the means and variances of batch norms anew after pruning, since the values that they see have changed.',
    labels: ['Recalibrate'],
  },
  {
    term: 'Evaluations',
    unit: 'networks tried',
    text: 'How many different widths a search has tried by pruning to them and looking at the accuracy on some validation samples.',
    labels: ['Search: evaluations'],
  },
  {
    term: 'Epoch',
    unit: 'passes over the training samples',
    text: 'One pass of training over all training samples.',
    labels: ['Epochs'],
  },
  {
    term: 'Batch size',
    unit: 'samples',
    text: 'How many samples are learned from at once: one step of the optimiser.',
    labels: ['Samples of a call'],
  },
  {
    term: 'Optimiser',
    text: 'The rule that makes a step out of gradients: SGD with momentum, Adam, and others.',
  },
  {
    term: 'Learning rate',
    unit: 'step per gradient',
    text: 'How large a step training takes against the gradient. Too large and it fails, too small and it crawls.',
  },
  {
    term: 'Momentum',
    unit: '0 to 1',
    text: 'How much of the last step goes into the next one, which evens out noise.',
    labels: ['Nesterov'],
  },
  {
    term: 'Weight decay',
    unit: 'share per step, times the learning rate',
    text: 'A pull of all weights towards zero, which keeps them from fitting the training samples too closely.',
  },
  {
    term: 'Warm-up',
    unit: 'epochs',
    text: 'The learning rate rises from near zero over the first epochs, so that early steps do no harm.',
    labels: ['Warm-up epochs'],
  },
  {
    term: 'Label smoothing',
    unit: '0 to 1',
    text: 'Some of the certainty of each label is given to the other classes, so that the network does not become overconfident.',
  },
  {
    term: 'Distillation',
    unit: 'weight 0 to 1; temperature above 0',
    text: 'The smaller network learns from the answers of the dense one besides the labels. A higher temperature shows more of what it gives to the other classes.',
    labels: ['Distillation: weight', 'Distillation: temperature'],
  },
  {
    term: 'Seed',
    unit: 'whole number',
    text: 'The number that everything random is drawn from: the same seed on the same device gives the same run.',
    labels: ['Seeds'],
  },
  {
    term: 'Normalisation',
    text: 'How values are brought to the range that the network was trained with: minus a mean, divided by a deviation.',
    labels: ['Normalised by', 'Own constants: mean', 'Own constants: deviation', 'Values are brought to'],
  },
  {
    term: 'Validation part',
    unit: 'samples',
    text: 'Samples that nothing is learned from and that choices are made by: the best epoch, an attempt, a searched width.',
    labels: ['Validation samples', 'Validation'],
  },
  {
    term: 'Test part',
    unit: 'samples',
    text: 'Samples that are looked at only at the end. They decide nothing, so what is measured on them holds for new samples.',
    labels: ['Test samples', 'Test'],
  },
  {
    term: 'Augmentation',
    text: 'Training samples are changed a little each time, mirrored or shifted, so that the network learns what does not matter.',
    labels: ['Augmentation: flip', 'Augmentation: crop'],
  },
  {
    term: 'Fingerprint',
    text: 'A hash of the data as they were read. Runs with the same fingerprint were measured on the same samples.',
  },
  {
    term: 'Dense',
    text: 'The network before pruning, with all of its weights, trained as the run says and measured on the same samples.',
    labels: ['Dense, trained again'],
  },
  {
    term: 'Compressed',
    text: 'The network after pruning and fine-tuning, as it is exported.',
  },
  {
    term: 'Change',
    text: 'The compressed network against the one before it. Where a difference is no larger than chance would make it, it says so, with the range that holds the true one in 95 of 100 cases.',
    labels: ['Change to dense'],
  },
  {
    term: 'Verified',
    text: 'What was measured of the exported file itself, read back from the disk and run, not of the network in training.',
  },
];

const byLabel: ReadonlyMap<string, GlossaryEntry> = new Map(
  glossary.flatMap((entry) =>
    [entry.term, ...(entry.labels ?? [])].map((label) => [label.toLowerCase(), entry] as const),
  ),
);

/** The entry that a label of a screen is explained by; capitals do not matter. Undefined for words that need no explanation. */
export const explain = (label: string): GlossaryEntry | undefined => byLabel.get(label.toLowerCase());
