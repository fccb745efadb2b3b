/** Letters that follow each other within so many milliseconds are the beginning of one name. */
const TOGETHER_MS = 700;

/**
 * Keys of a list whose entries are buttons: arrows, Home, End and the first letters of a name move the focus, Backspace leads up.
 * @returns what hears the list's keys
 */
export function entryKeys(up: () => void): (event: KeyboardEvent) => void {
  let typed = '';
  let last = 0;

  /** The entry that a key leads to; undefined where it leads nowhere. */
  const goal = (key: string, entries: readonly HTMLButtonElement[], at: number, now: number) => {
    if (key === 'ArrowDown') return entries[at + 1];
    if (key === 'ArrowUp') return entries[at - 1];
    if (key === 'Home') return entries[0];
    if (key === 'End') return entries.at(-1);
    if ([...key].length !== 1 || (key === ' ' && typed === '')) return undefined;
    typed += key.toLowerCase();
    last = now;
    // The same letter again goes to the next that begins with it.
    const [first = ''] = typed;
    const same = typed.length > 1 && [...typed].every((letter) => letter === first);
    const wanted = same ? first : typed;
    const from = wanted.length === 1 ? at + 1 : Math.max(0, at);
    const inTurn = [...entries.slice(from), ...entries.slice(0, from)];
    return inTurn.find((entry) => entry.dataset['name']?.toLowerCase().startsWith(wanted));
  };

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.timeStamp - last >= TOGETHER_MS || [...event.key].length !== 1) typed = '';
    if (event.key === 'Backspace') up();
    else {
      const list = event.currentTarget as HTMLElement;
      const entries = [...list.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];
      const at = entries.findIndex((entry) => entry === document.activeElement);
      const next = goal(event.key, entries, at, event.timeStamp);
      if (next === undefined) return;
      next.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };
}
