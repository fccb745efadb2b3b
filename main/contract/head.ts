import { z } from 'zod';

/**
 * How a network's answers come from its logits. 'none': they are the logits, perhaps in another shape. 'sigmoid': each class is
 * judged by itself. 'single-sigmoid' and 'single-logit': one number tells two classes apart, the probability of the second one
 * or its logit.
 */
export const headKindSchema = z.enum([
  'none',
  'softmax',
  'log-softmax',
  'sigmoid',
  'single-sigmoid',
  'single-logit',
]);
export type HeadKind = z.infer<typeof headKindSchema>;
