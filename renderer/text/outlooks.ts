import type { Outlook } from '../../main/contract/outlook.ts';

/**
 * Why methods do not go with the goal, by their ids: problems of the method, not those that all have, which are of something else.
 * @param outlooks of the draft under each method
 * @param otherGoal methods whose outlook is of another goal than the draft's: what is wrong with that one is not told by them
 */
export function refusals(
  outlooks: ReadonlyMap<string, Outlook>,
  otherGoal: (id: string) => boolean,
): ReadonlyMap<string, string> {
  const all = [...outlooks].flatMap(([id, outlook]) => (otherGoal(id) ? [] : [outlook]));
  const shared = (message: string) =>
    all.every(({ problems }) => problems.some((problem) => problem.message === message));
  return new Map(
    [...outlooks].flatMap(([id, { problems }]) => {
      const own = problems.find(
        ({ field = '', message }) => /^(budget|prune|paradigm)\b/.test(field) && !shared(message),
      );
      return own === undefined ? [] : [[id, own.message] as const];
    }),
  );
}

/** '3 trainings, 20 epochs in all · 1.3× the training of X'. @param than what is recommended first; null where it is that, or nothing is known of it */
export function workWords(
  { trainings, epochs, evaluations }: NonNullable<Outlook['work']>,
  than: { readonly label: string; readonly epochs: number } | null,
): string {
  const parts = [
    trainings === 1 ? '1 training' : `${trainings} trainings`,
    epochs === 1 ? '1 epoch in all' : `${epochs} epochs in all`,
    ...(evaluations > 0 ? [`${evaluations} networks tried`] : []),
  ];
  const words = parts.join(', ');
  if (than === null || than.epochs === 0 || epochs === 0) return words;
  const times = epochs / than.epochs;
  if (Math.abs(times - 1) < 0.05) return `${words}: as long as ${than.label}`;
  return `${words}: ${times.toFixed(1)}× the epochs of ${than.label}`;
}
