import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { finish } from '../assemble.ts';
import type { Origin, Split } from '../dataset.ts';
import { locate } from '../files/place.ts';
import { checkedHeader, decodeImage } from '../images/decode.ts';
import { type ImageFile, listImages } from '../images/list.ts';
import { resizePlane } from '../images/resize.ts';
import { type SortedImages, sortImages } from '../images/sort.ts';
import { PixelStore } from '../images/store.ts';
import { ImageTally } from '../images/tally.ts';
import { MAX_PART_BYTES } from '../limits.ts';
import { planSplits, type Selection } from '../split.ts';
import type { DataReader, ReadContext } from './reader.ts';

/** Images read ahead together, and decoded between two looks at the signal. */
const CHUNK = 16;

/** What every image is brought to. */
interface Frame {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** The frame that the recipe names; what it leaves open is taken from the first training image. */
async function chooseFrame(spec: SourceOf<'images'>, first: ImageFile | undefined): Promise<Frame> {
  if (first === undefined) throw new Error('a training part without images was not refused');
  const header = checkedHeader(await first.read(), first.shown);
  const grey = spec.color === 'auto' ? header.grey : spec.color === 'grey';
  return {
    height: spec.height ?? header.height,
    width: spec.width ?? header.width,
    channels: grey ? 1 : 3,
  };
}

/** What decoding the images of one split needs. */
interface Decoding {
  readonly sorted: SortedImages;
  readonly frame: Frame;
  readonly tally: ImageTally;
  readonly context: ReadContext;
  readonly report: (count: number) => void;
}

/** Decodes the images of one split. */
async function decodeSplit(
  { part, indices }: Selection,
  { sorted, frame, tally, context, report }: Decoding,
): Promise<{ pixels: PixelStore; labels: Int32Array; origin: Origin }> {
  const source = sorted.parts[part];
  if (source === undefined) throw new Error(`the images have no part ${part}`);
  const plane = frame.height * frame.width;
  const pixels = new PixelStore(indices.length * frame.channels * plane, source.files[0]?.shown ?? part);
  const labels = new Int32Array(indices.length);
  let at = 0;
  for (let start = 0; start < indices.length; start += CHUNK) {
    await setImmediate();
    context.signal?.throwIfAborted();
    const chunk = indices.subarray(start, start + CHUNK);
    const files = Array.from(chunk, (index) => source.files[index]).filter((file) => file !== undefined);
    const contents = await Promise.all(files.map((file) => file.read()));
    for (const [i, file] of files.entries()) {
      const image = await decodeImage(contents[i] ?? Buffer.alloc(0), frame.channels === 1, file.shown);
      tally.add(image, file.shown);
      for (const values of image.planes) {
        pixels.put(resizePlane(values, image.width, image.height, frame.width, frame.height), at);
        at += plane;
      }
      labels[start + i] = source.labels[chunk[i] ?? 0] ?? 0;
    }
    report(files.length);
  }
  const files = Array.from(indices, (index) => source.files[index]?.path.join('/') ?? '');
  return { pixels, labels, origin: { part, rows: indices, files } };
}

export const imagesReader: DataReader<'images'> = {
  kind: 'images',
  label: 'Image folders',
  summary:
    'Image files (PNG, JPEG, WebP, GIF, BMP, TIFF) in one folder per class, or a .zip of such folders.',
  async read(spec, context) {
    const { notes } = context;
    const place = locate(context.baseFolder, spec.path);
    const tree = await listImages(place, notes);
    try {
      const sorted = sortImages(tree.files, { given: spec.classes, source: place.shown, notes });
      const { train, validation, test } = sorted.parts;
      const plan = planSplits(
        {
          train: train.labels,
          ...(validation && { validation: validation.labels }),
          ...(test && { test: test.labels }),
        },
        { ...spec, seed: spec.seed ?? context.seed, source: place.shown },
      );
      const frame = await chooseFrame(spec, train.files[0]);
      const sampleShape = [frame.channels, frame.height, frame.width];
      const most = Math.max(...Object.values(plan).map(({ indices }) => indices.length));
      if (most * sampleShape.reduce((a, b) => a * b) > MAX_PART_BYTES) {
        throw inputError(
          'data/too-large',
          `${most} images of ${frame.height} x ${frame.width} pixels are too many to keep in memory.`,
          { file: place.shown, remedy: 'Set a smaller `data.height` and `data.width`, or a `data.limit`.' },
        );
      }
      const total = Object.values(plan).reduce((sum, { indices }) => sum + indices.length, 0);
      let done = 0;
      const report = (count: number) => {
        done += count;
        context.progress?.(done / total, 'decoding images');
      };
      const tally = new ImageTally();
      const decoding = { sorted, frame, tally, context, report };
      const decoded = {
        train: await decodeSplit(plan.train, decoding),
        validation: await decodeSplit(plan.validation, decoding),
        test: await decodeSplit(plan.test, decoding),
      };
      tally.tell(notes, frame);
      const parts = Object.values(decoded);
      // One wide image makes all parts wide: they are normalised alike.
      if (parts.some(({ pixels }) => pixels.values instanceof Float32Array))
        for (const { pixels } of parts) pixels.widen();
      const split = ({ pixels, labels, origin }: (typeof decoded)['train']): Split => ({
        size: labels.length,
        values: pixels.values,
        labels,
        origin,
      });
      return finish(
        { name: path.basename(place.full), classes: sorted.classes, sampleShape },
        { train: split(decoded.train), validation: split(decoded.validation), test: split(decoded.test) },
        spec.normalize,
      );
    } finally {
      await tree.close();
    }
  },
};
