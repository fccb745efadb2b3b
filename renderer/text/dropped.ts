import type { DataKind } from '../../main/contract/data.ts';
import { inputError, type EspalierError } from '../../main/contract/errors.ts';

/** A file or folder that was dropped on the window, as far as a page can see it. */
export interface DroppedItem {
  readonly name: string;
  readonly folder: boolean;
  /** Of a folder: the names in it, those of folders with a '/' behind. */
  readonly inside: readonly string[];
  /** Of a JSON file: how it begins. */
  readonly head: string;
}

/** What a drop is taken for. */
export type Dropped<T extends DroppedItem> =
  | { readonly as: 'recipe'; readonly item: T }
  | { readonly as: 'project'; readonly item: T }
  /** With the files that belong to it. */
  | { readonly as: 'model'; readonly item: T; readonly beside: readonly T[] }
  | { readonly as: 'data'; readonly item: T; readonly kind: DataKind }
  | { readonly as: 'refused'; readonly item: T; readonly why: EspalierError };

/** What may be dropped, and what happens with it: `{run}` stands for the run that it goes to. */
export const droppable: readonly { readonly what: string; readonly files: string; readonly then: string }[] =
  [
    {
      what: 'A model',
      files: '.onnx, model.json, .h5, .keras, .espalier, with the files that belong to it',
      then: 'becomes the network of {run}',
    },
    {
      what: 'Data',
      files: 'a folder or .zip of images, .csv, .npz, .npy, a folder of MNIST or CIFAR files',
      then: 'become the data of {run}',
    },
    {
      what: 'An exported project',
      files: '.espalier-project.zip',
      then: 'is imported as a new project, with its runs and sweeps',
    },
    { what: 'A recipe', files: '.yaml, .json', then: 'opens as a draft, ready to start' },
  ];

const models = /\.(onnx|h5|hdf5|keras|espalier)$/i;
/** What projects are exported as; browsers put a number before the ending of a second download. */
const projects = /\.espalier-project( ?\(\d+\))?\.zip$/i;
const companions = /\.(data|bin|weights)$|\.onnx_data$/i;
const recipes = /\.ya?ml$/i;
const cifar = /(^|\/)(data_batch_\d|test_batch|train|test)\.bin$/i;
const tables: readonly (readonly [RegExp, DataKind])[] = [
  [/\.(csv|tsv)$/i, 'csv'],
  [/\.(npz|npy)$/i, 'npz'],
  [/\.zip$/i, 'images'],
];
const images = /\.(png|jpe?g|webp|gif|bmp|tiff?)$/i;

/** Files of other programs that people bring, and what to do with them. */
const foreign: readonly (readonly [RegExp, string, string])[] = [
  [
    /\.(pt|pth|ckpt)$/i,
    "PyTorch's own files hold Python objects, which are not read.",
    'Export the network with torch.onnx.export, and drop the .onnx file.',
  ],
  [
    /\.(pb|tflite)$/i,
    'This form of TensorFlow is not read.',
    'Save the network as .keras or .h5, or convert it to ONNX, and drop that file.',
  ],
  [
    /\.safetensors$/i,
    'This file holds weights without a network.',
    'Drop the network, or name it and these weights in a recipe (network, weights) and drop that.',
  ],
];

const refuse = (item: DroppedItem, message: string, remedy: string): EspalierError =>
  inputError('drop/unsupported', message, { file: item.name, remedy });

/** The kind of data that a folder holds, by the names in it; null where it holds none that is known. */
function kindOfFolder(inside: readonly string[]): DataKind | null {
  if (inside.some((name) => /-ubyte(\.gz)?$/i.test(name))) return 'idx';
  if (inside.some((name) => cifar.test(name))) return 'cifar';
  return inside.some((name) => name.endsWith('/')) ? 'images' : null;
}

const isModel = ({ name, folder, inside, head }: DroppedItem): boolean =>
  folder
    ? inside.includes('model.json')
    : models.test(name) || (/\.json$/i.test(name) && /"(modelTopology|weightsManifest)"\s*:/.test(head));

/** What a single item is, by itself; files that belong to a model are no business of this. */
function sortOne<T extends DroppedItem>(item: T): Dropped<T> {
  const { name, folder, inside } = item;
  const no = (message: string, remedy: string): Dropped<T> => ({
    as: 'refused',
    item,
    why: refuse(item, message, remedy),
  });
  if (folder) {
    const kind = kindOfFolder(inside);
    if (kind !== null) return { as: 'data', item, kind };
    return inside.some((one) => images.test(one))
      ? no(
          'The images in this folder have no classes.',
          'Put those of each class into a folder of its own, and drop the folder around them.',
        )
      : no(
          'There is nothing in this folder that is read as data or as a model.',
          'Drop a folder with one folder of images per class, or with the files of MNIST or CIFAR; drop a table itself.',
        );
  }
  if (projects.test(name)) return { as: 'project', item };
  if (recipes.test(name) || /\.json$/i.test(name)) return { as: 'recipe', item };
  const kind = tables.find(([ending]) => ending.test(name))?.[1] ?? (cifar.test(name) ? 'cifar' : undefined);
  if (kind !== undefined) return { as: 'data', item, kind };
  const known = foreign.find(([ending]) => ending.test(name));
  if (known !== undefined) return no(known[1], known[2]);
  if (images.test(name))
    return no(
      'Single images are not read.',
      'Put the images of each class into a folder of its own, and drop the folder around them.',
    );
  if (companions.test(name))
    return no(
      'This file belongs to a model or to a set of data.',
      'Drop the model with it, or the folder that it lies in.',
    );
  return no(
    'Files of this kind are not read.',
    `Drop ${droppable.map(({ what, files }) => `${what.toLowerCase()} (${files})`).join('; ')}.`,
  );
}

/**
 * Says what each of the dropped things is: a recipe, a model with the files that belong to it, data, or nothing that is read, with the
 * reason. There is at most one of each: what comes second is refused.
 */
export function sortDropped<T extends DroppedItem>(items: readonly T[]): Dropped<T>[] {
  const model = items.find(isModel);
  const beside =
    model === undefined || model.folder
      ? []
      : items.filter((item) => item !== model && !item.folder && companions.test(item.name));
  const others = items.filter((item) => item !== model && !beside.includes(item));
  const found: Dropped<T>[] = model === undefined ? [] : [{ as: 'model', item: model, beside }];
  for (const item of others) {
    const one: Dropped<T> = isModel(item) ? { as: 'model', item, beside: [] } : sortOne(item);
    const taken = one.as !== 'refused' && found.some(({ as }) => as === one.as);
    found.push(taken ? { as: 'refused', item, why: second(item, one.as) } : one);
  }
  const order = ['project', 'recipe', 'model', 'data', 'refused'];
  return found.sort((a, b) => order.indexOf(a.as) - order.indexOf(b.as));
}

function second(item: DroppedItem, as: 'project' | 'recipe' | 'model' | 'data'): EspalierError {
  if (as === 'project')
    return refuse(item, 'One project is imported at a time.', 'Drop this one after the other.');
  if (as !== 'data')
    return refuse(item, `A run has one ${as}, and another was dropped with this.`, 'Drop one of them.');
  return refuse(
    item,
    'A run has one set of data, and another was dropped with this.',
    'Drop one of them, or the folder that holds them all where they belong together.',
  );
}

/**
 * A path as a recipe's own folder has it: relative ones start there.
 * @param recipe the recipe's own path
 */
export function besideRecipe(path: string, recipe: string): string {
  if (!isRelative(path)) return path;
  const end = Math.max(recipe.lastIndexOf('/'), recipe.lastIndexOf('\\'));
  return recipe.slice(0, end + 1) + path;
}

/** Whether a path starts at the folder of the recipe that names it. */
export const isRelative = (path: string): boolean => !/^([/\\]|[a-z]:[/\\])/i.test(path);
