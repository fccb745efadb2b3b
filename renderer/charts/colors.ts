/** The colour that a token has in the present theme, as the canvas wants it. Tokens are pairs that only an element resolves. */
export function resolveColor(host: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
