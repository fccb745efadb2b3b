import type { Dataset } from '../data/dataset.ts';
import { isMultiLabel } from '../data/labels.ts';
import type { Judgement } from '../gradients/loss.ts';
import type { Meter } from './classification.ts';
import { ClassificationMeter } from './classification.ts';
import { MultiLabelMeter } from './multi-label-meter.ts';

/** What measures logits against the labels of a data set. */
export function meterFor(
  { classes, train }: Pick<Dataset, 'classes' | 'train'>,
  judgement: Judgement,
): Meter {
  return isMultiLabel(train.labels)
    ? new MultiLabelMeter(classes.length)
    : new ClassificationMeter(classes.length, judgement);
}
