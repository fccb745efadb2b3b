import { z } from 'zod';
import { pathTo } from './paths.ts';
import type { PathMark } from './paths.ts';

/**
 * The `data` field of a recipe: where the samples are, how they are split, normalised and augmented.
 * Relative paths are relative to the recipe's folder.
 */

const fraction = z.number().max(0.9);

const augmentSchema = z
  .strictObject({
    flip: z.boolean().default(false).describe('Mirror each training image left to right, half of the time.'),
    crop: z
      .int()
      .min(0)
      .max(64)
      .default(0)
      .describe('Shift each training image by up to this many pixels: pad the border, crop at random.'),
  })
  .describe('Random changes to training images; validation and test images stay as they are.');

export const constantsSchema = z
  .strictObject({
    mean: z.array(z.number()).min(1).max(4096).describe('One for each channel or feature, or one for all.'),
    std: z
      .array(z.number().positive())
      .min(1)
      .max(4096)
      .describe('One for each channel or feature, or one for all.'),
  })
  .describe(
    'Constants to use in place of `normalize`, as a network from a file may need: (x - mean) / std of pixels from 0 to 1 (bytes are divided by 255 first), or of other values as they are.',
  );

export const normalizeSchema = z.enum(['standard', 'unit', 'none']);

/** A name that YAML may take for a number or a truth value. */
const name = z.coerce.string().min(1).max(200);

const shared = {
  classes: z
    .array(name)
    .min(2)
    .max(10_000)
    .optional()
    .describe(
      "The classes in the network's order. Names that the data has are brought into this order; classes that are only numbers get these names, from the first on.",
    ),
  limit: z
    .int()
    .min(1)
    .optional()
    .describe('At most this many samples in each of train, validation and test, drawn with the seed.'),
  normalize: normalizeSchema
    .default('standard')
    .describe(
      'standard: zero mean and unit variance per channel or feature; unit: values from 0 to 1; none: raw values. Constants come from the training part only.',
    ),
  constants: constantsSchema.optional(),
  augment: augmentSchema.optional(),
  seed: z
    .int()
    .min(0)
    .max(0xffff_ffff)
    .optional()
    .describe("Seed of splits, limits and drawn digits; the run's own seed if left out."),
};

const path = (mark: PathMark['kind'], what: string) =>
  pathTo(z.string().min(1).max(4096).describe(what), { kind: mark });

/** A file in the folder that the field `path` names. */
const fileInside = (what: string) =>
  pathTo(z.string().min(1).max(4096).describe(what), { kind: 'file', within: 'path' });

const validation = fraction
  .min(0)
  .default(0.1)
  .describe('Part of the training samples held out for validation, where the source has no validation part.');

const test = fraction
  .min(0.001)
  .default(0.2)
  .describe('Part of all samples held out for testing, where the source has no test part.');

const layout = z
  .enum(['auto', 'channels-last', 'channels-first'])
  .default('auto')
  .describe('Order of the axes of four-dimensional samples. auto: the axis of size 1, 3 or 4 is channels.');

const digitsSpecSchema = z
  .strictObject({
    kind: z.literal('digits').describe('Ten classes of digits drawn by the program, 28 x 28 pixels, grey.'),
    train: z.int().min(10).max(200_000).default(10_000).describe('Number of training samples.'),
    validation: z.int().min(0).max(200_000).default(1_000).describe('Number of validation samples.'),
    test: z.int().min(10).max(200_000).default(2_000).describe('Number of test samples.'),
    ...shared,
  })
  .describe('Built-in digits, drawn by code: no file is needed.');

const idxSpecSchema = z
  .strictObject({
    kind: z.literal('idx').describe('IDX files, as MNIST and its kin have them, gzipped or not.'),
    path: path('folder', 'Folder with the image and label files.'),
    files: z
      .strictObject({
        trainImages: fileInside('Training images, relative to `path`.'),
        trainLabels: fileInside('Training labels, relative to `path`.'),
        validationImages: fileInside('Validation images, relative to `path`.').optional(),
        validationLabels: fileInside('Validation labels, relative to `path`.').optional(),
        testImages: fileInside('Test images, relative to `path`.').optional(),
        testLabels: fileInside('Test labels, relative to `path`.').optional(),
      })
      .optional()
      .describe('The files by name; found by their usual names if left out.'),
    layout,
    validation,
    test,
    ...shared,
  })
  .describe('IDX files (MNIST, Fashion-MNIST, EMNIST, QMNIST), .gz too.');

const cifarSpecSchema = z
  .strictObject({
    kind: z.literal('cifar').describe('CIFAR-10 or CIFAR-100 in the binary version.'),
    path: path('folder', 'Folder with the .bin files, or one .bin file.'),
    variant: z
      .enum(['auto', 'cifar10', 'cifar100'])
      .default('auto')
      .describe('auto: train.bin and test.bin are CIFAR-100, everything else is CIFAR-10.'),
    labels: z
      .enum(['fine', 'coarse'])
      .default('fine')
      .describe('CIFAR-100 only: the 100 fine or the 20 coarse classes.'),
    validation,
    test,
    ...shared,
  })
  .describe('CIFAR-10 or CIFAR-100, binary version.');

const imagesSpecSchema = z
  .strictObject({
    kind: z.literal('images').describe('Image files, one folder per class.'),
    path: path(
      'folder',
      'Folder (or .zip) with one folder per class, or with train/ and optionally val/ and test/ that hold them.',
    ),
    height: z.int().min(1).max(2048).optional().describe("Height in pixels; the first image's if left out."),
    width: z.int().min(1).max(2048).optional().describe("Width in pixels; the first image's if left out."),
    color: z
      .enum(['auto', 'grey', 'rgb'])
      .default('auto')
      .describe('auto: as the first image is; grey: one channel; rgb: three.'),
    validation,
    test,
    ...shared,
  })
  .describe('Images in one folder per class (PNG, JPEG, WebP, GIF, BMP, TIFF), or a .zip of such folders.');

const csvSpecSchema = z
  .strictObject({
    kind: z.literal('csv').describe('A table with one sample per row and a label column.'),
    path: path('file', 'The table.'),
    testPath: path('file', 'A second table with the same columns, used for testing.').optional(),
    header: z
      .preprocess(
        (value) => (typeof value === 'boolean' ? (value ? 'yes' : 'no') : value),
        z.enum(['auto', 'yes', 'no']),
      )
      .default('auto')
      .describe(
        'Whether the first row names the columns; without it they are called 1, 2, 3 ... auto: told by what stands below.',
      ),
    delimiter: z
      .string()
      .length(1)
      .optional()
      .describe('The character between two cells; comma, semicolon, tab or bar, as is found, if left out.'),
    decimal: z
      .enum(['auto', 'point', 'comma'])
      .default('auto')
      .describe('What stands before the decimals of a number. auto: told by the cells.'),
    label: name
      .optional()
      .describe(
        'Name of the label column; a column of a usual name (label, target, class, y ...), else the last one, if left out.',
      ),
    labels: z
      .array(name)
      .min(2)
      .max(10_000)
      .optional()
      .describe(
        'In place of `label`: names of several columns of 0 and 1, one for each class, where a sample may have several classes or none.',
      ),
    features: z
      .array(name)
      .min(1)
      .max(10_000)
      .optional()
      .describe('Names of the feature columns; all but the label columns if left out.'),
    categorical: z
      .array(name)
      .max(10_000)
      .optional()
      .describe('Columns of numbers that are really categories, to be one-hot encoded as text columns are.'),
    missing: z
      .enum(['refuse', 'impute'])
      .default('refuse')
      .describe(
        "Cells without a value. refuse: an error that names the first; impute: the training part's mean for numbers, a category of its own for text.",
      ),
    missingWords: z
      .array(name)
      .max(100)
      .optional()
      .describe(
        'Further words that stand for a missing value, besides those that usually do (empty, ?, NA, NaN, null).',
      ),
    validation,
    test,
    ...shared,
  })
  .describe('A table (CSV) with a label column.');

const npzSpecSchema = z
  .strictObject({
    kind: z.literal('npz').describe('NumPy arrays, in one .npz file or in .npy files beside each other.'),
    path: path('file', 'The .npz file, or one of the .npy files.'),
    arrays: z
      .strictObject({
        x: z.string().min(1).describe('Name of the array of training samples.'),
        y: z.string().min(1).describe('Name of the array of training labels.'),
        xValidation: z.string().min(1).optional().describe('Name of the array of validation samples.'),
        yValidation: z.string().min(1).optional().describe('Name of the array of validation labels.'),
        xTest: z.string().min(1).optional().describe('Name of the array of test samples.'),
        yTest: z.string().min(1).optional().describe('Name of the array of test labels.'),
      })
      .optional()
      .describe(
        'The arrays by name; found by their usual names (x_train and y_train, images and labels, data and target ...) if left out.',
      ),
    layout,
    validation,
    test,
    ...shared,
  })
  .describe('NumPy arrays (.npz, .npy).');

/** A data source with all options filled in: what a reader gets. */
export const dataSourceSchema = z.discriminatedUnion('kind', [
  digitsSpecSchema,
  idxSpecSchema,
  cifarSpecSchema,
  imagesSpecSchema,
  csvSpecSchema,
  npzSpecSchema,
]);

/** The recipe's field: the bare word 'digits', or an object with a `kind`. */
export const dataSpecSchema = z
  .union([z.literal('digits').describe('The built-in digits with their default sizes.'), dataSourceSchema])
  .describe('The data: the word digits, or where the samples are and how to read them.');

export type DataSpec = z.infer<typeof dataSpecSchema>;
export type DataSource = z.infer<typeof dataSourceSchema>;
export type DataKind = DataSource['kind'];
export type SourceOf<K extends DataKind> = Extract<DataSource, { kind: K }>;
export type AugmentSpec = z.infer<typeof augmentSchema>;
export type GivenConstants = z.infer<typeof constantsSchema>;
export type NormalizeMode = DataSource['normalize'];

/** The spec with the bare word written out. */
export function dataSource(spec: DataSpec): DataSource {
  return spec === 'digits' ? digitsSpecSchema.parse({ kind: 'digits' }) : spec;
}
