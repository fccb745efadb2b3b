import { expect, test } from 'vitest';
import { type PressedKey, commands, fits, isBare, isKey, keyWords } from '../../renderer/text/commands.ts';

const press = (key: string, held: Partial<PressedKey> = {}): PressedKey => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test('no key does two things, and every command has words of its own', () => {
  const keys = commands.flatMap((command) => command.keys.map((key) => key.toLowerCase()));
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(commands.map(({ words }) => words)).size).toBe(commands.length);
  expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
});

test('Ctrl and Cmd are the same, Alt is none of ours, and Shift counts for letters only', () => {
  expect(isKey(press('k', { ctrlKey: true }), 'Mod+K')).toBe(true);
  expect(isKey(press('k', { metaKey: true }), 'Mod+K')).toBe(true);
  expect(isKey(press('k'), 'Mod+K')).toBe(false);
  expect(isKey(press('k', { ctrlKey: true, altKey: true }), 'Mod+K')).toBe(false);
  expect(isKey(press('z', { ctrlKey: true }), 'Mod+Shift+Z')).toBe(false);
  expect(isKey(press('Z', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+Z')).toBe(true);
  expect(isKey(press('Z', { ctrlKey: true, shiftKey: true }), 'Mod+Z')).toBe(false);
  // A German keyboard needs Shift for the question mark; some others do not.
  expect(isKey(press('?', { shiftKey: true }), '?')).toBe(true);
  expect(isKey(press('?'), '?')).toBe(true);
  expect(isKey(press('Enter', { ctrlKey: true }), 'Mod+Enter')).toBe(true);
});

test('of any pressed key at most one command is meant', () => {
  for (const key of ['n', 'N', 'c', '1', '9', '.', ',', '?', 'Enter', 'z', 'Z', 'k'])
    for (const ctrlKey of [false, true])
      for (const shiftKey of [false, true]) {
        const pressed = press(key, { ctrlKey, shiftKey });
        const meant = commands.filter(({ keys }) => keys.some((one) => isKey(pressed, one)));
        expect(meant.length, JSON.stringify(pressed)).toBeLessThanOrEqual(1);
      }
});

test('keys are written as on the keyboard at hand', () => {
  expect(keyWords('Mod+Shift+Z', false)).toBe('Ctrl + Shift + Z');
  expect(keyWords('Mod+Shift+Z', true)).toBe('⌘ ⇧ Z');
  expect(['?', '.', 'N', 'Mod+K'].map(isBare)).toEqual([true, true, true, false]);
});

test('a command is found by how its words begin, in any order', () => {
  expect(fits('', 'All runs')).toBe(true);
  expect(fits('ru al', 'All runs')).toBe(true);
  expect(fits('uns', 'All runs')).toBe(false);
  expect(fits('review', 'Start the run (on Review)')).toBe(true);
});
