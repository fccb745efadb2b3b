import { searchMethodSchema, type SearchMethod } from '../../main/contract/search.ts';
import { estimate } from '../../main/words/estimate.ts';
import { formatPlural } from '../../main/words/format.ts';
import { SEARCH_NAMES } from '../../main/words/search.ts';
import { estimateWords, markdownTable } from '../quality/words.ts';
import { cases, SEEDS } from './cases.ts';
import type { MeasuredSearch } from './measured.ts';

/** Ways of searching beside each other, as a section of docs/results.md: every number is from a report.json. */
export function searchSection(runs: readonly MeasuredSearch[]): string[] {
  const [first] = runs;
  const head = '## Searches for widths';
  if (first === undefined) return [head, 'No search has been measured yet: `npm run bench:search` does.'];
  const { evaluations, samples } = first.search;
  return [
    head,
    `Written from \`bench/search/measured.json\`, which \`npm run bench:search\` adds to. Whole channels are taken out until half of the multiply-accumulates are left; of the width of each group the channels with the largest magnitudes stay. Each method may try ${evaluations} different networks (the solver and uniform widths need fewer); an evaluation is the accuracy on ${samples} samples of the validation part, batch norms recalibrated, nothing trained. **Best found** is the best of those that meet the budget: mean ± half of the 95 % interval over (n) seeds, in percent. It is the best of many tries on the samples that chose it, and so flatters every method alike. An accuracy on ${samples} samples has a standard error of up to ${(50 / Math.sqrt(samples)).toFixed(1)} points: what differs by less in a single run is not told apart.`,
    ...cases.flatMap(({ id, title }) => caseText(title, runs.filter((run) => run.case === id))), // prettier-ignore
    verdictWords(runs),
  ];
}

function caseText(title: string, runs: readonly MeasuredSearch[]): string[] {
  const head = `### ${title}`;
  if (runs.length === 0) return [head, `0 of ${SEEDS.length} seeds: nothing has been measured yet.`];
  const rows = searchMethodSchema.options.flatMap((method) => {
    const own = runs.flatMap(({ search }) => search.methods.filter((one) => one.method === method));
    const bests = own.flatMap(({ best }) => (best === null ? [] : [best]));
    if (own.length === 0) return [];
    const wins = runs.filter(({ search }) => search.winner === method).length;
    return [
      [
        SEARCH_NAMES[method],
        bests.length === 0 ? '–' : estimateWords(estimate(bests.map(({ accuracy }) => accuracy))),
        bests.length === 0 ? '–' : (100 * mean(bests.map(({ left }) => left))).toFixed(2),
        mean(own.map((one) => one.evaluations)).toFixed(0),
        `${wins} of ${runs.length}`,
      ],
    ];
  });
  const whole = estimateWords(estimate(runs.map(({ search }) => search.whole.accuracy)));
  const [dense, taken] = [runs.map((run) => run.dense), runs.map((run) => run.compressed)].map((values) =>
    estimateWords(estimate(values)),
  );
  return [
    head,
    `${runs.length} of ${SEEDS.length} seeds. The whole network: ${whole} on the same samples, ${dense} on the test part; the widths that were taken: ${taken} on the test part, without fine-tuning.`,
    markdownTable(['', 'Best found', 'MACs left, %', 'Evaluations', 'Won'], rows),
  ];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** How often the learned searches were beaten, and by whom. */
function verdictWords(runs: readonly MeasuredSearch[]): string {
  const bestOf = ({ search }: MeasuredSearch, method: SearchMethod) =>
    search.methods.find((one) => one.method === method)?.best?.accuracy ?? 0;
  const lines = (['constrained-rl', 'amc'] as const).map((method) => {
    const others = searchMethodSchema.options.filter((other) => other !== method);
    const beaten = others.map((other) => {
      const count = runs.filter((run) => bestOf(run, other) > bestOf(run, method)).length;
      return `${other} ${count}`;
    });
    return `\`${method}\` found widths with a lower accuracy on these samples than another method's in so many of ${formatPlural(runs.length, 'run')}: ${beaten.join(', ')}`;
  });
  return `${lines.join('. ')}.`;
}
