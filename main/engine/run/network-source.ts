import { inputError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Report } from '../../contract/report.ts';
import { isModelPath } from '../../contract/paths.ts';
import type { Signature } from '../formats/signature.ts';
import type { FitData } from '../evaluate/fit-model.ts';
import { fitModel } from '../evaluate/fit-model.ts';
import { originOf, readModel } from '../formats/read.ts';
import { assignWeights } from '../formats/weights/assign.ts';
import { readTensors } from '../formats/weights/read.ts';
import type { Network, WeightSet } from '../network/graph.ts';
import { initialize, withInitializer, withNormScale } from '../network/initialize.ts';
import { batchNorms } from '../network/norm-after.ts';
import { Random } from '../base/random.ts';
import { zoo } from '../zoo/index.ts';
import { narrowed } from '../zoo/narrow.ts';

export interface LoadedNetwork {
  readonly network: Network;
  /** Its first weights: the file's, or freshly drawn ones. */
  readonly weights: WeightSet;
  /** True when the weights come from a file, so that they should work before any training. */
  readonly trained: boolean;
  /** The output of the file that is used. */
  readonly output?: string;
  /** What a person should know of the reading. */
  readonly notes: readonly string[];
  /** Of a model file: what wrote it in which form, and what it says of its licence. */
  readonly origin?: Report['network']['origin'];
  /** What its file takes and gives, where it is one of another program. */
  readonly signature?: Signature;
}

/**
 * The network that a recipe names, fitted to the data, with its first weights: one of the zoo, freshly initialised, or one
 * from a file, with the file's weights.
 * @throws EspalierError when there is no such network or it does not fit the data.
 */
export async function loadNetwork(
  recipe: Pick<Recipe, 'network' | 'output' | 'weights' | 'seed' | 'dense' | 'narrow' | 'init' | 'initScale'>,
  dataset: FitData,
  baseFolder: string,
): Promise<LoadedNetwork> {
  if (isModelPath(recipe.network)) {
    if (recipe.narrow !== undefined) {
      throw inputError('recipe/narrow', 'A network from a file has the width that it has.', {
        field: 'narrow',
        remedy: 'Leave narrow out, or name a network of the zoo.',
      });
    }
    const model = await readModel(recipe.network, baseFolder, dataset.sampleShape);
    const found = await fitModel(model, dataset, recipe.network, recipe.output);
    const fitted = { ...found, network: drawnAs(found.network, recipe) };
    const origin = `${recipe.network}: ${originOf(model)}.`;
    const { signature } = model;
    const notes = [origin, ...model.notes, ...fitted.notes];
    const says = licenceIn(model.metadata);
    const loaded = {
      ...fitted,
      notes,
      origin: { form: originOf(model), says },
      ...(signature && { signature }),
    };
    return { ...loaded, ...(await givenWeights(recipe, fitted.network, baseFolder)), trained: true };
  }
  if (recipe.output !== undefined) {
    throw inputError('recipe/output', 'A network of the zoo has one output.', {
      field: 'output',
      remedy: 'Leave output out, or name a model file.',
    });
  }
  const entry = zoo.get(recipe.network, 'network');
  const options = { input: dataset.sampleShape, classes: dataset.classes.length };
  const narrow = recipe.narrow === undefined ? undefined : narrowed(entry, options, recipe.narrow);
  const network = drawnAs(narrow?.network ?? entry.build(options), recipe);
  const given = await givenWeights(recipe, network, baseFolder);
  if (given !== undefined) return { network, ...given, trained: true };
  if (recipe.dense === undefined) {
    throw inputError(
      'recipe/untrained',
      `'${recipe.network}' comes without weights and must be trained first.`,
      {
        field: 'dense',
        remedy: 'Add `dense: {epochs: 10}`, or name a file of weights.',
      },
    );
  }
  const weights = initialize(network, Random.from(recipe.seed, 'weights'));
  const notes =
    narrow === undefined
      ? []
      : [`Narrower network: ${narrow.parameters} parameters; ${narrow.wanted} were to be matched.`];
  return { network, weights, trained: false, notes };
}

/** What a model file says of who made it and under which licence it stands. */
function licenceIn(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const telling = /^(model[._ ]?)?(licen[cs]e|authors?|copyright|attribution)$/i;
  const said = Object.entries(metadata).filter(([key, value]) => telling.test(key) && value.trim() !== '');
  return Object.fromEntries(said.map(([key, value]) => [key, value.slice(0, 500)]));
}

/** The network with its weights drawn as the recipe says, where they are drawn. */
function drawnAs(network: Network, { init, initScale }: Pick<Recipe, 'init' | 'initScale'>): Network {
  const drawn = init === undefined ? network : withInitializer(network, { kind: init });
  if (initScale === undefined) return drawn;
  if (batchNorms(network).length > 0) return withNormScale(drawn, initScale);
  throw inputError('recipe/init', `${network.name} has no batch norms whose scales could begin otherwise.`, {
    field: 'initScale',
    remedy: 'Leave initScale out.',
  });
}

/** The weights that the recipe names apart from the network. */
async function givenWeights(
  { weights: file }: Pick<Recipe, 'weights'>,
  network: Network,
  baseFolder: string,
): Promise<{ weights: WeightSet; notes: string[] } | undefined> {
  if (file === undefined) return undefined;
  const { weights, unused } = assignWeights(network, await readTensors(file, baseFolder), file);
  const rest = unused.length === 0 ? '' : ` It also holds ${unused.join(', ')}, which the network has not.`;
  return { weights, notes: [`${file}: weights of ${weights.size} parameters.${rest}`] };
}
