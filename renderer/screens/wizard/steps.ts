export type StepId = 'network' | 'data' | 'goal' | 'method' | 'layers' | 'training' | 'review';

export interface WizardStep {
  readonly id: StepId;
  readonly label: string;
  readonly title: string;
  /** The parts of the recipe that are set here: their problems are mended here. The longest that a field begins with counts. */
  readonly fields: readonly string[];
}

/** In the order of the wizard; the last one gets every problem that no other step can mend. */
export const steps: readonly [WizardStep, ...WizardStep[]] = [
  {
    id: 'network',
    label: 'Network',
    title: 'Which network?',
    fields: ['network', 'output', 'narrow', 'init', 'initScale', 'weights'],
  },
  { id: 'data', label: 'Data', title: 'Which data?', fields: ['data'] },
  { id: 'goal', label: 'Goal', title: 'What should get better?', fields: ['budget'] },
  { id: 'method', label: 'Method', title: 'How should it be pruned?', fields: ['paradigm', 'prune'] },
  {
    id: 'layers',
    label: 'Layers',
    title: 'What goes of which layer?',
    fields: [
      'prune.structure',
      'prune.scope',
      'prune.layers',
      'prune.epsilon',
      'prune.cap',
      'prune.protect',
      'prune.exclude',
    ],
  },
  {
    id: 'training',
    label: 'Training',
    title: 'How is it trained?',
    fields: ['dense', 'finetune', 'prune.epochs'],
  },
  { id: 'review', label: 'Review', title: 'Ready to start', fields: [] },
];

/** The step where a problem with this field is mended. */
export function stepOf(field = ''): WizardStep {
  const lengthIn = ({ fields }: WizardStep) =>
    Math.max(0, ...fields.filter((own) => isIn(field, own)).map(({ length }) => length));
  const best = steps.reduce((a, b) => (lengthIn(b) > lengthIn(a) ? b : a));
  return lengthIn(best) > 0 ? best : (steps.at(-1) ?? steps[0]);
}

/** 'prune.exclude[0]' is in 'prune.exclude', 'prune.epsilons' is not in 'prune.epsilon'. */
const isIn = (field: string, part: string) =>
  field.startsWith(part) && ['', '.', '['].includes(field.charAt(part.length));
