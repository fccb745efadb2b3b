import type { Setting } from '../../contract/catalog.ts';
import { inputError } from '../../contract/errors.ts';
import type { PruneSpec, Recipe } from '../../contract/recipe.ts';
import { USUAL_SEARCH } from '../../contract/search.ts';
import { criteria } from './criteria/index.ts';
import { dynamicsKinds } from './dynamics/index.ts';
import type { Point } from './framework.ts';
import type { DynamicsKind } from './dynamics/dynamics.ts';
import { schedules } from './schedules/index.ts';
import { scopes } from './scopes/index.ts';
import { scopeMeant } from './scopes/meant.ts';
import { structures } from './structures/index.ts';
import { structureMeant } from './structures/meant.ts';

/** Settings whose values these are leave everything as it is, whoever listens to them. */
const IDLE: Readonly<Record<string, unknown>> = {
  rounds: 1,
  epochs: 0,
  rewind: 0,
  control: 'none',
  'structure.kind': 'element',
  protect: true,
};

const within = schedules.items.filter(({ when }) => when === 'within').map(({ id }) => id);
const between = schedules.items.filter(({ when }) => when === 'between').map(({ id }) => id);
/** Schedules for which it matters how often masks are made between trainings. */
const inRounds = schedules.items
  .filter((schedule) => schedule.when === 'between' && schedule.targets(0.5, 2).length > 1)
  .map(({ id }) => id);

/** Structures of which a recipe may say whether layers can be emptied. */
const unprotected = structures.items.filter((one) => one.protected === undefined).map(({ id }) => id);

/** Scopes and structures in which layers compete, so that one may lose more than another. */
const competing = scopes.items.filter(({ competes }) => competes === true).map(({ id }) => id);
const uneven = structures.items.filter(({ fixed }) => fixed !== true).map(({ id }) => id);

/** Criteria that take gradients, for which it matters how batch norms compute. */
const differentiating = criteria.items.filter(({ batchNorm }) => batchNorm !== undefined).map(({ id }) => id);

/** Criteria that go by what network slimming's penalty does. */
const slimming = criteria.items.filter(({ slims }) => slims === true).map(({ id }) => id);

/** Criteria that need no training to look back on. */
const withoutTraining = criteria.items
  .filter(({ comparesWithInitial }) => comparesWithInitial !== true)
  .map(({ id }) => id);

/** The settings under `prune` that a paradigm listens to: what the wizard offers, and all that a recipe may set. */
export function settingsOf(point: Point): readonly Setting[] {
  if (point.fuses === true) return fusionSettings;
  const kind = point.dynamics === undefined ? undefined : dynamicsKinds.get(point.dynamics);
  const trained = point.maskFrom === 'trained';
  const searches = point.search !== undefined;
  const mayPruneWithin = !searches && trained && point.startFrom === 'found' && point.train !== 'rewound';
  const scored = kind?.usesCriterion ?? true;
  const found: (Setting | false)[] = [
    scored && {
      field: 'criterion',
      ...(point.maskFrom === 'init' && { values: withoutTraining }),
      means: structuresMeant(point),
    },
    ...structureSettings(point, kind),
    ...(searches ? searchSettings : [{ field: 'scope' }, { field: 'layers' }, { field: 'epsilon' }]),
    { field: 'cap', scopes: competing, structures: uneven },
    !searches && { field: 'protect', preset: true, structures: unprotected },
    !searches &&
      kind === undefined && { field: 'schedule', values: mayPruneWithin ? [...between, ...within] : between },
    !searches && kind === undefined && { field: 'rounds', schedules: inRounds, ...roundsPreset(point) },
    trained && kind !== undefined && { field: 'epochs' },
    mayPruneWithin && kind === undefined && { field: 'epochs', schedules: [...within, ...inRounds] },
    mayPruneWithin &&
      kind === undefined && { field: 'updatesPerEpoch', schedules: within, preset: point.updatesPerEpoch },
    (point.startFrom === 'rewound' || point.train === 'rewound') && { field: 'rewind', preset: 0 },
    point.startFrom === 'rewound' && point.control !== 'reinitialize' && { field: 'restart' },
    point.control === undefined && { field: 'control', ...controlsOf(point, kind, scored) },
    scored && { field: 'batchNorm', criteria: differentiating },
    scored && (trained || kind?.slimming !== undefined) && { field: 'slimming', criteria: slimming },
    ...(kind?.options ?? []).map((option) => ({ field: `dynamics.${option}` })),
    { field: 'recalibrate', preset: searches },
    { field: 'exclude' },
  ];
  return found.filter((setting) => setting !== false);
}

/** What paradigms that fuse layers listen to. */
const fusionSettings: readonly Setting[] = [
  { field: 'epochs' },
  { field: 'control', values: ['none', 'reinitialize', 'scratch'] },
  { field: 'recalibrate', preset: false },
  { field: 'exclude' },
];

/** What paradigms that search for widths listen to. */
const searchSettings: readonly Setting[] = [
  { field: 'search.evaluations', preset: USUAL_SEARCH.evaluations },
  { field: 'search.samples', preset: USUAL_SEARCH.samples },
  { field: 'search.fineTune', preset: USUAL_SEARCH.fineTune },
  { field: 'search.rivals' },
];

/** Structures that a point's dynamics, search and control leave to choose from. */
function structuresFor({ control, search }: Point, kind: DynamicsKind | undefined) {
  return structures.items.filter(
    ({ id, unshuffled, fixed }) =>
      !(search !== undefined && fixed === true) &&
      (kind?.structures?.ids.includes(id) ?? true) &&
      !(control === 'shuffle' && unshuffled !== undefined),
  );
}

/** What criteria that go with some structures only mean with this point. */
function structuresMeant(point: Point): Record<string, string> {
  const choosy = criteria.items.filter((criterion) => criterion.structures !== undefined);
  return Object.fromEntries(choosy.map(({ id }) => [id, structureMeant({ criterion: id }, point)]));
}

/** What is kept or pruned as one, where the dynamics and the control leave a choice, and the settings of each kind. */
function structureSettings(point: Point, kind: DynamicsKind | undefined): Setting[] {
  const fit = structuresFor(point, kind);
  if (fit.length < 2) return [];
  return [
    { field: 'structure.kind', values: fit.map(({ id }) => id) },
    ...fit.flatMap(({ id, options }) =>
      Object.entries(options).map(([name, preset]) => ({
        field: `structure.${name}`,
        structures: [id],
        ...(preset !== null && { preset }),
      })),
    ),
  ];
}

/** Rounds of a schedule that a recipe chooses without saying how many, for a paradigm that has only one. */
export const USUAL_ROUNDS = 5;

function roundsPreset({ rounds }: Point): { preset?: number } {
  return typeof rounds === 'number' ? { preset: rounds === 1 ? USUAL_ROUNDS : rounds } : {};
}

function controlsOf(
  point: Point,
  kind: DynamicsKind | undefined,
  scored: boolean,
): Pick<Setting, 'values' | 'only'> {
  const masksBetween =
    point.maskFrom === 'init' ||
    (point.maskFrom === 'trained' && point.dynamics === undefined && point.search === undefined);
  const values = [
    'none',
    ...(masksBetween ? ['shuffle'] : []),
    ...(point.rescale === true ? [] : ['reinitialize']),
    ...(scored ? ['invert'] : []),
  ];
  const leaving = structuresFor(point, kind).filter(({ leaves }) => leaves === true);
  if (leaving.length === 0) return { values };
  return { values: [...values, 'scratch'], only: { scratch: leaving.map(({ id }) => id) } };
}

/**
 * Refuses settings that would be ignored.
 * @throws EspalierError naming the setting and the reason.
 */
export function refuseUnusedSettings({ paradigm, prune }: Recipe, point: Point): void {
  const known = settingsOf(point);
  for (const [field, value] of leaves(prune)) {
    if (value === IDLE[field] || value === point[field as keyof Point]) continue;
    const setting = known.find((one) => one.field === field);
    const deaf = setting && deafOf(setting, prune, point);
    if (setting !== undefined && deaf === undefined) continue;
    const who = deaf === undefined ? paradigm : `The ${deaf.what} '${deaf.chosen}'`;
    const others = deaf?.among.map((id) => `'${id}'`).join(' or ');
    throw inputError('recipe/unused', `${who} does not listen to prune.${field}.`, {
      field: `prune.${field}`,
      remedy: `Leave it out${deaf === undefined ? '' : `, or choose the ${deaf.what} ${others}`}.`,
    });
  }
}

/** Which of the choices that a setting hangs on does not listen to it, and which would; undefined where all do. */
function deafOf(setting: Setting, prune: PruneSpec, point: Point) {
  const choices: { what: string; chosen: string; among: readonly string[] | undefined }[] = [
    { what: 'schedule', chosen: prune.schedule ?? point.schedule, among: setting.schedules },
    { what: 'scope', chosen: scopeMeant(prune, point), among: setting.scopes },
    { what: 'criterion', chosen: prune.criterion ?? point.criterion, among: setting.criteria },
    { what: 'structure', chosen: structureMeant(prune, point), among: setting.structures },
  ];
  return choices
    .flatMap(({ what, chosen, among }) => (among === undefined ? [] : [{ what, chosen, among }]))
    .find(({ chosen, among }) => !among.includes(chosen));
}

/** What a recipe sets, by the fields' names; those of the structure, the dynamics and the search by their dotted ones. */
function leaves({ dynamics = {}, structure = {}, search = {}, ...prune }: PruneSpec): [string, unknown][] {
  const inner = Object.entries({ dynamics, structure, search }).flatMap(([part, set]) =>
    Object.entries(set).map(([key, value]): [string, unknown] => [`${part}.${key}`, value]),
  );
  return [...Object.entries(prune), ...inner].filter(([, value]) => value !== undefined);
}
