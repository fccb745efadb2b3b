import type { Point } from '../engine/compress/framework.ts';
import { criteria } from '../engine/compress/criteria/index.ts';
import { dynamicsKinds } from '../engine/compress/dynamics/index.ts';
import { paradigms } from '../engine/compress/paradigms/index.ts';
import type { Paradigm } from '../engine/compress/paradigms/paradigm.ts';
import { weightsThrownAway } from '../engine/compress/plan/trained.ts';
import { schedules } from '../engine/compress/schedules/index.ts';
import { scopes } from '../engine/compress/scopes/index.ts';
import { structures } from '../engine/compress/structures/index.ts';
import type { Structure } from '../engine/compress/structures/structure.ts';
import { settingsOf } from '../engine/compress/settings.ts';
import { searchers } from '../engine/search/index.ts';
import type { Registered } from '../engine/base/registry.ts';

const INTRO = `# Methods

Made from the program's own registries by \`espalier list methods\`; \`npm run docs\` writes it anew.

Every way of pruning is a point in one space (survey: arXiv 2103.06460):

    mask    M  = select(score(weights at step k1, data), structure, budget, scope, schedule)
    start   w0 = weights at step k2
    result  w* = train(M * w0, k3 steps)

A paradigm presets such a point, and a recipe's \`prune\` may move it: another criterion, structure, scope or schedule, other rounds and
epochs. What means nothing together is refused by name, with the reason. Epochs below are what the wizard starts with.`;

const CONTROLS = `A method's gain should vanish under the controls that destroy what it claims to find, and should beat what costs no thought
(Frankle et al., arXiv 2009.08576; Blalock et al., arXiv 2003.03033).

- **Controls** (\`prune.control\`, \`espalier compress --control\`, the wizard): \`shuffle\` permutes each layer's mask and so keeps
  only how much of it is left; \`reinitialize\` keeps the mask and draws the weights anew; \`invert\` keeps the worst-scored weights;
  \`scratch\`, where channels leave, draws the weights of the smaller network anew and trains them for as many epochs as the recipe
  trains in all (Liu et al., arXiv 1810.05270).
- **Baselines** (\`espalier compress --baseline\`, a grid's \`baselines\`, the wizard's last step): \`random\`, a random mask before
  training; \`magnitude\`, the smallest weights of every layer after it; \`longer\`, the dense network for the same epochs more;
  \`narrow\`, a dense network with as many parameters. Where channels leave: \`random\`, random channels of the trained network, the
  same share of every group; \`magnitude\`, of every group the channels with the smallest L1 norm; \`scratch\`, the same small
  network from scratch. All of them train for as many epochs as the method.

- **Lottery tickets taken apart** (Zhou et al., arXiv 1905.01067): criteria that look back at the initial weights (from
  \`small-final\` to \`large-final-diff-sign\` above; \`magnitude\` is the paper's large final), ranked there within layers
  (\`prune.scope: layerwise\`), and \`prune.restart\`, what the kept weights restart from in every round in place of their initial
  values. A pruned weight is zero and stays zero. The paper's variants that hold it at its initial value are not offered: the
  network would be no smaller, as its file would hold as many numbers as the dense one.

**What repeats.** Masks are the same again from the same recipe on the same device. On another device, FORCE and iterative SNIP
through batch norms end with other masks, right as each round is; why, and how far apart, is measured in
[scores.md](scores.md#what-repeats-on-another-device-and-what-does-not). SynFlow is computed in double precision and has the same masks everywhere.

Before anything is trained, \`espalier compress --dry-run\` and the wizard tell which layers a budget would empty and what protection
(\`prune.protect\`) would do about it; while a run prunes, it warns of each emptied layer and of each class without weights once.`;

const MASK_FROM: { readonly [F in Point['maskFrom']]: string } = {
  trained: 'mask from the trained weights',
  init: 'mask from the initial weights',
  learned: 'mask learned while training',
};

const START_FROM: { readonly [F in Point['startFrom']]: string } = {
  found: 'kept weights as they are then',
  rewound: 'kept weights put back to early values, the optimiser with them',
  fresh: 'kept weights drawn anew',
};

const TRAIN: { readonly [F in Point['train']]: string } = {
  finetune: 'a fine-tuning',
  full: 'a whole training',
  rewound: 'the training from the rewind point on',
  none: 'nothing more',
};

/** Everything about pruning that a recipe can name, as a Markdown page. */
export function methodsPage(): string {
  const branches = Map.groupBy(paradigms.items, ({ branch }) => branch);
  return [
    INTRO,
    '## Paradigms',
    overview(),
    ...[...branches].flatMap(([branch, members]) => [`### ${capital(branch)}`, ...members.map(section)]),
    '## Criteria',
    'What decides which weights matter (`prune.criterion`). A weight with a higher score is kept.',
    list(
      criteria.items,
      ({ scopes: fit, structures: whole }) =>
        `${fit === undefined ? '' : ` Only with the scope ${fit.ids.map(code).join(' or ')}: ${fit.why}.`}${whole === undefined ? '' : ` Only with the structure ${whole.ids.map(code).join(' or ')}: ${whole.why}.`}`,
    ),
    '## Structures',
    'What is kept or pruned as one (`prune.structure`, such as `{kind: n:m, n: 2, m: 4}`).',
    list(structures.items, structureWords),
    '## Scopes',
    'How the budget is spread over the layers (`prune.scope`). With `prune.exclude: [first]` the first layer stays whole and the others have the budget among themselves: with `layerwise` that is the uniform sparsity of RigL, and with `erk` its ERK with a dense first layer. SET leaves the last layer whole.',
    list(scopes.items),
    '## Schedules',
    'How the budget is approached (`prune.schedule`).',
    list(schedules.items),
    '## Searches',
    'How the share that every layer keeps is searched for (`prune.search`), by paradigms that do. Each names a method of its own; `prune.search.rivals` lets others search beside it, with as many evaluations each, and the best widths of all are taken: the report draws the best so far of each over its evaluations, and says who won. An evaluation masks the dense network, recalibrates its batch norms and looks at `prune.search.samples` validation samples, after `prune.search.fineTune` steps where some are asked for. The budget is of one amount that can be counted; what is taken meets it to the last step of a width.',
    list(searchers.items),
    '## Controls and baselines',
    CONTROLS,
    '## Dynamics',
    'What may change while the network trains. Each belongs to the paradigms that name it; settings are under `prune.dynamics`.',
    list(
      dynamicsKinds.items,
      ({ options, structures: fit }) =>
        `${options.length === 0 ? '' : ` Settings: ${options.map(code).join(', ')}.`}${fit === undefined ? '' : ` Only with the structure ${fit.ids.map(code).join(' or ')}: ${fit.why}.`}`,
    ),
    '',
  ].join('\n\n');
}

function overview(): string {
  const rows = paradigms.items.map(
    ({ id, label, branch, paper }) =>
      `| [${label}](#${id}) | ${code(id)} | ${branch} | ${paper === null ? '' : `${citedAuthors(paper.authors)} ${paper.year}`} |`,
  );
  return ['| Paradigm | In recipes | Branch | Paper |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function section({ id, label, summary, when, cost, paper, point, differs, defaults }: Paradigm): string {
  const epochs = [
    ['dense', defaults.dense],
    ['prune.epochs', defaults.pruneEpochs],
    ['finetune', defaults.finetune],
  ] as const;
  const preset = epochs.filter(([, value]) => value !== null).map(([name, value]) => `${name} ${value}`);
  return [
    `<a id="${id}"></a>\n\n#### ${label}`,
    summary,
    [
      `- **In recipes:** \`paradigm: ${id}\`${preset.length === 0 ? '' : ` (epochs: ${preset.join(', ')})`}`,
      `- **When:** ${when}`,
      `- **Cost:** ${cost}`,
      `- **Where the network comes trained:** ${weightsThrownAway(point) ?? 'goes on with its weights; the dense network is the file as it comes.'}`,
      `- **Point:** ${pointWords(point)}`,
      `- **Settings under \`prune\`:** ${settingsWords(point)}`,
      ...(differs === undefined ? [] : [`- **Other than in the paper:** ${differs}`]),
      ...(paper === null
        ? []
        : [`- **Paper:** ${paper.authors}. [${paper.title}](${paper.url}), ${paper.year}.`]),
    ].join('\n'),
  ].join('\n\n');
}

function pointWords(point: Point): string {
  if (point.fuses === true) {
    return `${MASK_FROM[point.maskFrom].replace('mask', 'statistics')}; layers fused one pair after the other; then ${TRAIN[point.train]}`;
  }
  const rounds = roundsWords(point.rounds);
  return [
    MASK_FROM[point.maskFrom],
    START_FROM[point.startFrom],
    `then ${TRAIN[point.train]}`,
    `criterion ${code(point.criterion)}${point.structure === undefined ? '' : `, structure ${code(point.structure)}`}, scope ${code(point.scope)}, schedule ${code(point.schedule)}${rounds}`,
    ...(point.dynamics === undefined ? [] : [`dynamics ${code(point.dynamics)}`]),
    ...(point.regrow === true ? ['pruned weights may come back'] : []),
    ...(point.edgeOfChaos === true ? ['initial weights on the edge of chaos'] : []),
    ...(point.rescale === true ? ['kept weights rescaled'] : []),
    ...(point.control === undefined ? [] : [`control ${code(point.control)}`]),
  ].join('; ');
}

/** What a recipe may change, and with which schedule or criterion. */
function settingsWords(point: Point): string {
  return settingsOf(point)
    .filter(({ field }) => field === 'structure.kind' || !field.startsWith('structure.'))
    .map(({ field, values, schedules, scopes, criteria }) => {
      // Its settings are told where the structures are.
      if (field === 'structure.kind') return `${code('structure')} (${(values ?? []).map(code).join(', ')})`;
      const only = [...(schedules ?? []), ...(scopes ?? []), ...(criteria ?? [])].map(code);
      return `${code(field)}${only.length === 0 ? '' : ` (with ${only.join(' or ')})`}`;
    })
    .join(', ');
}

function structureWords({ options, scopes: fit }: Structure): string {
  const settings = Object.entries(options).map(
    ([name, preset]) => `${code(name)}${preset === null ? '' : ` (${preset})`}`,
  );
  return [
    settings.length === 0 ? '' : ` Settings: ${settings.join(', ')}.`,
    fit === undefined ? '' : ` Only with the scope ${fit.ids.map(code).join(' or ')}: ${fit.why}.`,
  ].join('');
}

function roundsWords(rounds: Point['rounds']): string {
  if (typeof rounds !== 'number') return ` (${rounds.rate * 100} % of what is left in each round)`;
  return rounds === 1 ? '' : ` (${rounds} rounds)`;
}

function list<T extends Registered>(items: readonly T[], more: (item: T) => string = () => ''): string {
  return items
    .map((item) => `- **${item.label}** (${code(item.id)}): ${sentence(item.summary)}${more(item)}`)
    .join('\n');
}

function sentence(text: string): string {
  return `${capital(text).replace(/\.$/, '')}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function code(text: string): string {
  return `\`${text}\``;
}

/** As papers are cited: one or two names, or the first of several. */
function citedAuthors(authors: string): string {
  const names = authors.split(', ');
  return names.length > 2 ? `${names[0]} et al.` : names.join(' and ');
}
