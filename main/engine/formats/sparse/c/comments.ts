/** A text without what would end a comment or seem to begin one. */
export function inComment(text: string): string {
  return text.replaceAll('*/', '* /').replaceAll('/*', '/ *');
}

export function comment(lines: readonly string[]): string {
  return ['/*', ...lines.map((line) => ` * ${inComment(line)}`.trimEnd()), ' */'].join('\n');
}
