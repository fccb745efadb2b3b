import { setImmediate } from 'node:timers/promises';
import { finish } from '../assemble.ts';
import { relabel, rename } from '../classes.ts';
import type { Split } from '../dataset.ts';
import { SIDE } from '../digits/canvas.ts';
import { DigitPainter } from '../digits/draw.ts';
import type { PartName } from '../split.ts';
import { Random } from '../../base/random.ts';
import type { DataReader, ReadContext } from './reader.ts';

/** Digits drawn between two looks at the clock and the signal. */
const CHUNK = 1000;

/** Draws one split: every class equally often (to within one), in random order, from a generator of the split's own. */
async function draw(name: PartName, size: number, seed: number, context: ReadContext): Promise<Split> {
  const random = Random.from(seed, `digits/${name}`);
  const labels = random.shuffle(Int32Array.from({ length: size }, (_, i) => i % 10));
  const painter = new DigitPainter(random);
  const pixels = SIDE * SIDE;
  const values = new Uint8Array(size * pixels);
  for (const [i, label] of labels.entries()) {
    if (i % CHUNK === 0) {
      await setImmediate();
      context.signal?.throwIfAborted();
      context.progress?.(i / size, `drawing ${name} digits`);
    }
    painter.paint(label, values.subarray(i * pixels, (i + 1) * pixels));
  }
  const origin = { part: name, rows: Int32Array.from(labels.keys()) };
  return { size, values, labels, origin };
}

export const digitsReader: DataReader<'digits'> = {
  kind: 'digits',
  label: 'Built-in digits',
  summary: 'Ten classes of digits drawn by the program, 28 x 28 grey pixels; needs no file.',
  async read(spec, context) {
    const seed = spec.seed ?? context.seed;
    const names = Array.from({ length: 10 }, (_, digit) => String(digit));
    const naming = { given: spec.classes, source: 'digits', notes: context.notes };
    const { classes, index } = rename(names, naming);
    const sized = async (name: PartName): Promise<Split> => {
      const split = await draw(name, Math.min(spec[name], spec.limit ?? Infinity), seed, context);
      return { ...split, labels: relabel(split.labels, { classes, index }) };
    };
    return finish(
      {
        name: 'digits',
        classes,
        sampleShape: [1, SIDE, SIDE],
      },
      { train: await sized('train'), validation: await sized('validation'), test: await sized('test') },
      spec.normalize,
    );
  },
};
