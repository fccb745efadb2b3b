import { studies } from '../engine/study/index.ts';
import { parameterWords, studyTime } from '../words/study.ts';

const INTRO = `# Studies

Made from the program's own registry by \`npm run docs\`.

A study repeats what a paper claims, measures it, and says where the two differ. \`espalier study NAME\` runs one on the command line
(\`--set key=value\` for its parameters), \`espalier study FILE\` one that a file describes, and the studio has a page for them. A
study is a list of steps: it can be paused, cancelled and resumed to the same numbers. It leaves \`report.html\`, \`results.csv\`
(one row a measurement) and \`study.json\`.

    study: pruning-and-generalisation
    seed: 1
    parameters:
      draws: 2
      data: idx:fashion-mnist`;

/** docs/studies.md: every study with its claim, its paper and its parameters. */
export function studiesPage(): string {
  const sections = studies.items.map(({ facts }) => {
    const { id, label, summary, claim, paper, minutes, schema } = facts;
    const rows = parameterWords(schema).map(
      ({ name, help, fallback }) => `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${help} |`,
    );
    return [
      `## ${label}`,
      `\`espalier study ${id}\` · with its defaults about ${studyTime(minutes)}`,
      summary,
      `**Claimed** by ${paper.authors} (${paper.year}), [${paper.title}](${paper.url}): ${claim}`,
      ['| parameter | default | meaning |', '|---|---|---|', ...rows].join('\n'),
    ].join('\n\n');
  });
  return `${[INTRO, ...sections].join('\n\n')}\n`;
}
