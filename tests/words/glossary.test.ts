import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataSourceSchema } from '../../main/contract/data.ts';
import { explain, glossary } from '../../main/words/glossary.ts';
import { dataFields, pruneFields, trainFields } from '../../renderer/text/data-fields.ts';

const root = join(import.meta.dirname, '..', '..');
const sources = ['renderer', join('main', 'words')]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((name) => /\.(ts|vue)$/.test(name) && !name.endsWith('glossary.ts'))
  .map((name) => readFileSync(join(root, name), 'utf8'));

const all = (pattern: RegExp): string[] =>
  sources.flatMap((text) => [...text.matchAll(pattern)].map(([, label]) => label ?? ''));

/** Terms that a template names itself. */
const named = all(/<Term of="([^"]+)"/g);
/** Labels of rows, figures, columns and fields, which are looked up where they are shown. */
const shown = [
  ...all(/\blabel: '([^']+)'/g),
  ...all(/\blabel: [^'\n]*\? '([^']+)'/g),
  ...all(/\blabel: [^'\n]*\? '[^']+' : '([^']+)'/g),
  ...all(/\b(?:label|title)="([^"]+)"/g),
  ...all(/(?:count|bytes|f1|asked|found)\('([^']+)'/g),
  ...all(/:of="[^"]*'([^']+)'[^"]*"/g),
  ...all(/:of="[^"]*: '([^']+)'"/g),
  // The columns of a comparison.
  ...all(/\['Your file', '([^']+)', 'Compressed'\]/g),
  ...[
    ...trainFields(),
    ...pruneFields(),
    ...dataSourceSchema.options.flatMap((option) => dataFields(option.shape.kind.value)),
  ].map(({ label }) => label),
].map((label) => label.toLowerCase());

describe('the glossary', () => {
  it('has every term that a screen names', () => {
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((term) => explain(term) === undefined)).toEqual([]);
  });

  it('has nothing that no screen shows', () => {
    const used = new Set([...named.map((term) => term.toLowerCase()), ...shown]);
    const labelsOf = ({ term, labels = [] }: (typeof glossary)[number]) => [term, ...labels];
    const unused = glossary.flatMap((entry) => {
      const extra = (entry.labels ?? []).filter((label) => !used.has(label.toLowerCase()));
      return labelsOf(entry).some((label) => used.has(label.toLowerCase())) ? extra : [entry.term];
    });
    expect(unused).toEqual([]);
  });

  it('explains every label once, in sentences', () => {
    const labels = glossary.flatMap(({ term, labels = [] }) => [term, ...labels]);
    expect(new Set(labels.map((label) => label.toLowerCase())).size).toBe(labels.length);
    for (const { term, text } of glossary) {
      expect(text, term).toMatch(/^[A-Z0-9].*\.$/);
      expect(text.length, term).toBeLessThan(260);
    }
  });

  it('finds a label whatever its capitals are', () => {
    expect(explain('accuracy')?.term).toBe('Accuracy');
    expect(explain('Own share, %')?.unit).toContain('%');
    expect(explain('Somewhere')).toBeUndefined();
  });
});
