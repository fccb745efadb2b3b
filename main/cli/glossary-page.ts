import { glossary } from '../words/glossary.ts';

/** The glossary that the screens show on hover, as the page docs/glossary.md. */
export function glossaryPage(): string {
  const rows = [...glossary]
    .sort((a, b) => a.term.localeCompare(b.term, 'en'))
    .map(({ term, unit = '', text, labels = [] }) => {
      const others = labels.length === 0 ? '' : ` *Also shown as: ${labels.join('; ')}.*`;
      return `| **${term}** | ${unit} | ${text}${others} |`;
    });
  return `# Glossary

The terms of the studio's screens, as they are explained there when the pointer rests on them, they have the focus or are touched. Made
from the program's own list by \`espalier list glossary\`; \`npm run docs\` writes it anew.

| Term | Unit | Meaning |
| --- | --- | --- |
${rows.join('\n')}
`;
}
