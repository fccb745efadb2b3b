import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const page = read('docs/security.md');
const table = page.slice(page.indexOf('<!-- items -->'), page.indexOf('<!-- /items -->'));
const rows = table
  .split('\n')
  .filter((line) => /^\| +\d+ \|/.test(line))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|')));

test("the page has all twenty items of Electron's checklist", () => {
  expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

test.each(rows)('%sitem %s: %s stands where the page says, and its test is there', (...row) => {
  const [, , , file = '', line = '', testFile = '', title = ''] = row;
  expect(line).toMatch(/^`.+`$/);
  expect(read(file)).toContain(line.slice(1, -1));
  expect(read(testFile)).toMatch(
    new RegExp(`(test|it)(\\.\\w+\\([^)]*\\))?\\(\\s*['"\`]${escaped(title)}['"\`]`),
  );
});

test('every other file that the page names is there', () => {
  for (const [, name = ''] of page.matchAll(/`((?:tests|main|docs)\/[\w/.-]+)`/g))
    expect(existsSync(join(root, name)), name).toBe(true);
});

test('Electron is named by one exact version, so that its updates are chosen', () => {
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
  expect(devDependencies['electron']).toMatch(/^\d+\.\d+\.\d+$/);
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
