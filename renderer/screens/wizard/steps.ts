export type StepId = 'network' | 'data' | 'paradigm' | 'budget' | 'review';

export interface WizardStep {
  readonly id: StepId;
  readonly label: string;
  readonly title: string;
  /** The parts of the recipe that are set here: their problems are mended here. */
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
  {
    id: 'paradigm',
    label: 'Paradigm',
    title: 'How should it be pruned?',
    fields: ['paradigm', 'prune'],
  },
  {
    id: 'budget',
    label: 'Budget',
    title: 'How much should go?',
    fields: ['budget', 'dense', 'finetune'],
  },
  { id: 'review', label: 'Review', title: 'Ready to start', fields: [] },
];

/** The step where a problem with this field is mended. */
export function stepOf(field: string | undefined): WizardStep {
  const head = field?.split('.')[0] ?? '';
  return steps.find((step) => step.fields.includes(head)) ?? steps.at(-1) ?? steps[0];
}
