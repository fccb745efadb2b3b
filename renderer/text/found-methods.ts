import type { ParadigmEntry } from '../../main/contract/catalog.ts';

/** The methods that have all words that somebody looks for: in their names, what they do, when, or in their papers. */
export function foundMethods(methods: readonly ParadigmEntry[], wanted: string): readonly ParadigmEntry[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return methods.filter(({ id, label, summary, aliases, when, branch, paper }) => {
    const { title, authors, year } = paper ?? {};
    const text = [id, label, summary, aliases, when, branch, title, authors, year].flat().join(' ');
    return words.every((word) => text.toLowerCase().includes(word));
  });
}
