/** What a run's log says while nothing is heard of its process, so that screens can tell it from the other lines. */

const SILENT = 'Nothing was heard from the process for';

export const silentText = (seconds: number): string =>
  `${SILENT} ${seconds} s. It may be busy or stuck; cancelling ends it.`;

export const HEARD_AGAIN = 'The process answers again.';

/** Whether a log ends in silence: whatever is heard is told behind that line. */
export function endsInSilence(lines: readonly { readonly text: string }[]): boolean {
  return lines.at(-1)?.text.startsWith(SILENT) ?? false;
}
