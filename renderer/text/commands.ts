/** Something that can be done from anywhere by a key or by its name: the palette, the page of keys and the keys come from this list. */
export interface Command {
  readonly id: string;
  readonly words: string;
  readonly group: string;
  /**
   * As `Mod+Shift+Z`: Mod is Ctrl, or Cmd on a Mac. The first that is there is shown everywhere. Browsers keep some for themselves
   * (Ctrl+N among them), so that what has one of those has another. Some have none: they are found by their name.
   */
  readonly keys: readonly string[];
}

export const commands = [
  { id: 'palette', words: 'Find a command or a run', group: 'Everywhere', keys: ['Mod+K'] },
  { id: 'keys', words: 'Show all keys', group: 'Everywhere', keys: ['?'] },
  { id: 'new', words: 'New run', group: 'Everywhere', keys: ['N', 'Mod+N'] },
  { id: 'home', words: 'Home', group: 'Screens', keys: ['1'] },
  { id: 'runs', words: 'All runs', group: 'Screens', keys: ['2'] },
  { id: 'compare', words: 'Compare runs', group: 'Screens', keys: ['3'] },
  { id: 'settings', words: 'Settings', group: 'Screens', keys: ['4', 'Mod+,'] },
  { id: 'sweeps', words: 'Sweeps', group: 'Screens', keys: ['5'] },
  { id: 'studies', words: 'Studies', group: 'Screens', keys: ['6'] },
  { id: 'new-sweep', words: 'New sweep', group: 'Screens', keys: [] },
  { id: 'graph', words: 'The network of the draft as a graph', group: 'Screens', keys: ['G'] },
  { id: 'look', words: 'Settings: look, light or dark', group: 'Screens', keys: [] },
  { id: 'devices', words: 'Settings: devices and their speed', group: 'Screens', keys: [] },
  { id: 'storage', words: 'Settings: storage, what takes room', group: 'Screens', keys: [] },
  { id: 'about', words: 'Settings: about, version and licences', group: 'Screens', keys: [] },
  { id: 'undo', words: 'Undo the last change', group: 'The draft', keys: ['Mod+Z'] },
  { id: 'redo', words: 'Redo the change', group: 'The draft', keys: ['Mod+Shift+Z'] },
  { id: 'find-layer', words: 'Find a layer of the network', group: 'The draft', keys: ['F'] },
  { id: 'start', words: 'Start the run (on Review)', group: 'The draft', keys: ['Mod+Enter'] },
  { id: 'pause', words: 'Pause the run on the screen, or go on', group: 'A run', keys: ['.', 'Mod+.'] },
  { id: 'checkpoint', words: 'Write a checkpoint of the run now', group: 'A run', keys: ['S', 'Mod+S'] },
  { id: 'clone', words: 'Clone the run on the screen', group: 'A run', keys: ['C'] },
] as const satisfies readonly Command[];

export type CommandId = (typeof commands)[number]['id'];

/** A pressed key, as the browser tells it. */
export interface PressedKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Whether a pressed key is this one. Of signs, Shift is the keyboard's own business: some need it for `?`, some do not. */
export function isKey(pressed: PressedKey, key: string): boolean {
  const parts = key.split('+');
  const last = parts.at(-1) ?? '';
  const mod = pressed.ctrlKey || pressed.metaKey;
  if (pressed.altKey || mod !== parts.includes('Mod')) return false;
  if (pressed.key.toLowerCase() !== last.toLowerCase()) return false;
  const sign = last.length === 1 && !/[a-z0-9]/i.test(last);
  return sign || pressed.shiftKey === parts.includes('Shift');
}

/** Whether it is a key by itself, that a person who types or speaks may hit unawares. */
export const isBare = (key: string): boolean => !key.includes('+');

/** A key as people write it. */
export function keyWords(key: string, mac: boolean): string {
  const names: Readonly<Record<string, string>> = mac ? { Mod: '⌘', Shift: '⇧' } : { Mod: 'Ctrl' };
  return key
    .split('+')
    .map((part) => names[part] ?? part)
    .join(mac ? ' ' : ' + ');
}

/** Whether every word that was typed begins a word of these. */
export function fits(typed: string, words: string): boolean {
  const all = words.toLowerCase().split(/[\s/()-]+/);
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.some((one) => one.startsWith(word)));
}
