import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { Random } from '../../../main/engine/base/random.ts';
import { keras } from '../../../main/engine/formats/keras/format.ts';
import { onnx } from '../../../main/engine/formats/onnx/format.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import type { Network } from '../../../main/engine/network/graph.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';

/** What a person brings along: a network of some other program, and samples on the disk. Small, and the same every time. */

export const shapes = ['bars', 'beams', 'spots'] as const;
const side = 12;

/** A picture of a shape: bars stand, beams lie, spots are scattered; grey, with some noise. Values from 0 to 255. */
export function picture(shape: (typeof shapes)[number], random: Random): Uint8Array {
  const [shift, noise] = [random.int(4), () => random.int(60)];
  return Uint8Array.from({ length: side * side }, (_, place) => {
    const [row, column] = [Math.floor(place / side), place % side];
    const on = {
      bars: (column + shift) % 4 < 2,
      beams: (row + shift) % 4 < 2,
      spots: (row + shift) % 4 === 0 && (column + shift) % 4 === 0,
    }[shape];
    return (on ? 150 : 20) + noise();
  });
}

/** A folder of PNG files with a folder for each shape. @param each how many of each */
export async function writePictures(folder: string, each: number): Promise<void> {
  const random = Random.from(1, 'pictures');
  for (const shape of shapes) {
    await mkdir(join(folder, shape), { recursive: true });
    for (let n = 0; n < each; n += 1) {
      const png = new PNG({ width: side, height: side });
      picture(shape, random).forEach((value, at) => png.data.set([value, value, value, 255], at * 4));
      await writeFile(join(folder, shape, `${n}.png`), PNG.sync.write(png, { colorType: 0 }));
    }
  }
}

/** A convolutional network for the pictures, as an ONNX file. */
export async function writeOnnx(file: string): Promise<void> {
  const network = new NetworkBuilder('pictures', [1, side, side])
    .conv('first', 8, { pad: 1 })
    .relu()
    .maxPool(2)
    .conv('second', 16, { pad: 1 })
    .relu()
    .globalAvgPool()
    .flatten()
    .dense('answer', shapes.length)
    .build();
  await write(file, network, onnx);
}

/** A table of flowers by four measures, with the kind in its last column. */
export async function writeFlowers(file: string, rows: number): Promise<void> {
  const random = Random.from(1, 'flowers');
  const kinds = [
    ['setosa', 5, 3.4, 1.5, 0.2],
    ['versicolor', 5.9, 2.8, 4.3, 1.3],
    ['virginica', 6.6, 3, 5.6, 2],
  ] as const;
  const lines = Array.from({ length: rows }, (_, n) => {
    const [kind, ...means] = kinds[n % kinds.length] ?? kinds[0];
    return [...means.map((mean) => (mean + 0.2 * random.normal()).toFixed(2)), kind].join(',');
  });
  await writeFile(file, ['sepal length,sepal width,petal length,petal width,kind', ...lines, ''].join('\n'));
}

/** A dense network for the flowers, as a Keras file. */
export async function writeKeras(file: string): Promise<void> {
  const network = new NetworkBuilder('flowers', [4])
    .dense('first', 24)
    .relu()
    .dense('second', 16)
    .relu()
    .dense('answer', 3)
    .build();
  await write(file, network, keras);
}

async function write(file: string, network: Network, format: typeof onnx): Promise<void> {
  const weights = initialize(network, Random.from(1, network.name));
  const [written] = await format.write({ network, weights, masks: new Map(), metadata: {} });
  if (written === undefined) throw new Error('nothing was written');
  await writeFile(file, written.bytes);
}
