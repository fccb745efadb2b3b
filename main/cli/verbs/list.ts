import Table from 'cli-table3';
import { Argument } from 'commander';
import type { Catalog } from '../../contract/catalog.ts';
import { catalog } from '../../engine/recipe/catalog.ts';
import { formatCount, formatLarge } from '../../words/format.ts';
import { glossary } from '../../words/glossary.ts';
import { glossaryPage } from '../glossary-page.ts';
import { methodsPage } from '../methods-page.ts';
import { withCommonOptions } from '../options.ts';
import type { CommonOptions } from '../options.ts';
import type { Verb } from '../verb.ts';

type ListName = keyof Catalog;

/** All that is about pruning, with costs and papers: the page docs/methods.md. */
const METHODS = 'methods';
/** What the words mean: the page docs/glossary.md. */
const GLOSSARY = 'glossary';

/** Columns beside id and summary, where a list has something more to say. */
const rows: { readonly [L in ListName]: (catalog: Catalog) => { head: string[]; body: string[][] } } = {
  networks: ({ networks }) => ({
    head: ['Name', 'Input', 'Parameters', 'MACs', ''],
    body: networks.map((entry) => [
      entry.id,
      entry.inputShape.join('x'),
      formatCount(entry.parameters),
      formatLarge(entry.macs),
      entry.summary,
    ]),
  }),
  paradigms: ({ paradigms }) => ({
    head: ['Name', 'Branch', '', 'Paper'],
    body: paradigms.map(({ id, branch, summary, throwsAway, paper }) => [
      id,
      branch,
      `${summary}${throwsAway === null ? '' : ` ${throwsAway}`}`,
      paper === null ? '' : `${paper.authors} ${paper.year}`,
    ]),
  }),
  data: ({ data }) => plain(data),
  criteria: ({ criteria }) => plain(criteria),
  structures: ({ structures }) => plain(structures),
  scopes: ({ scopes }) => plain(scopes),
  schedules: ({ schedules }) => plain(schedules),
  budgets: ({ budgets }) => plain(budgets),
  exports: ({ exports }) => plain(exports),
};

export const list: Verb = (program, context) => {
  const names = [...Object.keys(rows), METHODS, GLOSSARY];
  const command = program
    .command('list')
    .description('what a recipe can name')
    .addArgument(new Argument('<what>', 'the list').choices(names));
  withCommonOptions(command).action(
    (what: ListName | typeof METHODS | typeof GLOSSARY, options: CommonOptions) => {
      if (what === METHODS) return void context.stdout.write(methodsPage());
      if (what === GLOSSARY)
        return void context.stdout.write(
          options.json ? `${JSON.stringify(glossary, null, 2)}\n` : glossaryPage(),
        );
      const everything = catalog();
      const text = options.json ? JSON.stringify(everything[what], null, 2) : table(rows[what](everything));
      context.stdout.write(`${text}\n`);
    },
  );
};

function plain(entries: readonly { id: string; summary: string }[]): { head: string[]; body: string[][] } {
  return { head: ['Name', ''], body: entries.map(({ id, summary }) => [id, summary]) };
}

/** Columns without lines, the long texts wrapped. */
function table({ head, body }: { head: string[]; body: string[][] }): string {
  const widest = (column: number) => Math.max(...[head, ...body].map((row) => (row[column] ?? '').length));
  const made = new Table({
    head,
    style: { head: [], border: [], compact: true },
    colWidths: head.map((_, column) => Math.min(widest(column) + 2, 60)),
    wordWrap: true,
  });
  made.push(...body);
  return made.toString();
}
