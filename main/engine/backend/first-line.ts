/** The first line of an error's message, for lists. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]?.split(' was false. ').at(-1)?.trim() ?? '';
}
