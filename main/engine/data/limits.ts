/**
 * What a data file may claim at most. Headers are checked against these before memory is set aside for what they promise,
 * so a broken or hostile file costs an error message and not the machine.
 */

/** Bytes of one file on disk, or of one compressed entry. Node reads no more at once. */
export const MAX_FILE_BYTES = 2 ** 31 - 1;

/** Bytes of samples in one part (train or test) of a data set, uncompressed. */
export const MAX_PART_BYTES = 2 ** 31 - 1;

/** DEFLATE cannot shrink by more than this factor; a header that promises more than this lies. */
export const MAX_DEFLATE_RATIO = 1032;

export const MAX_CLASSES = 10_000;

/** Pixels of one image file before resizing: 64 megapixels. */
export const MAX_IMAGE_PIXELS = 64_000_000;

/** Bytes of one image file; sixteen are held at a time. */
export const MAX_IMAGE_BYTES = 64 * 2 ** 20;

/** Height or width of a sample. */
export const MAX_SAMPLE_SIDE = 4096;

/** Image files of one source. */
export const MAX_IMAGE_FILES = 5_000_000;

/** Bytes of one table; the parser holds the text and its cells at once. */
export const MAX_TABLE_BYTES = 256 * 2 ** 20;

/** Cells of one table. */
export const MAX_TABLE_CELLS = 20_000_000;

export const MAX_TABLE_COLUMNS = 10_000;

/** Different values of one categorical column; more of them is an identifier or free text. */
export const MAX_CATEGORIES = 1_000;

/** Features of a table's sample after one-hot encoding. */
export const MAX_FEATURES = 65_536;
