import type { Report } from '../../contract/report.ts';
import { licenseNote } from './license-note.ts';
import { modelCard } from './model-card.ts';

/** Texts that go with every export. */
type CardKind = 'model-card' | 'license-note';

export interface Card {
  readonly name: string;
  /** As reports list files. */
  readonly kind: CardKind;
  readonly text: string;
}

const NAMES: Readonly<Record<CardKind, string>> = {
  'model-card': 'README.md',
  'license-note': 'LICENSE-NOTE.md',
};

/** Stands in both of them, so that a file of somebody else's is never taken for one. */
export const MADE_HERE = 'Made by Espalier from the report of a run.';

/**
 * The model card and the license note of a run's exports. They hang on nothing that a clock tells: equal runs have equal cards.
 * @param files the exports that they are to lie beside
 * @param names what they are called, if not as usual
 */
export function cardsOf(report: Report, files: Report['files'], names = NAMES): Card[] {
  const about = { ...report, files };
  const { 'model-card': card, 'license-note': license } = names;
  return [
    { name: card, kind: 'model-card', text: modelCard(about, { made: MADE_HERE, license }) },
    { name: license, kind: 'license-note', text: licenseNote(about, MADE_HERE) },
  ];
}
