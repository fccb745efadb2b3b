/** Gives a text that the page has made to the person as a file. */
export function downloadText(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  // A browser reads the address soon after the click, at a time that it does not tell.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
