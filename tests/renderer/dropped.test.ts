import { expect, test } from 'vitest';
import { type DroppedItem, besideRecipe, sortDropped } from '../../renderer/text/dropped.ts';

const file = (name: string, head = ''): DroppedItem => ({ name, folder: false, inside: [], head });
const folder = (name: string, ...inside: string[]): DroppedItem => ({ name, folder: true, inside, head: '' });
/** What a drop is taken for, as 'as name (kind or what belongs to it)'. */
const sorted = (...items: DroppedItem[]) =>
  sortDropped(items).map((found) => {
    if (found.as === 'data') return `data ${found.item.name} (${found.kind})`;
    const beside = found.as === 'model' ? found.beside.map(({ name }) => ` + ${name}`).join('') : '';
    return `${found.as} ${found.item.name}${beside}`;
  });

test.each([
  ['net.ONNX', 'model net.ONNX'],
  ['net.keras', 'model net.keras'],
  ['net.h5', 'model net.h5'],
  ['net.espalier', 'model net.espalier'],
  ['lenet.yaml', 'recipe lenet.yaml'],
  ['abalone.csv', 'data abalone.csv (csv)'],
  ['digits.npz', 'data digits.npz (npz)'],
  ['Apples.espalier-project.zip', 'project Apples.espalier-project.zip'],
  ['Apples.espalier-project (1).zip', 'project Apples.espalier-project (1).zip'],
  ['photos.zip', 'data photos.zip (images)'],
  ['data_batch_1.bin', 'data data_batch_1.bin (cifar)'],
])('%s is taken for what its name says', (name, as) => {
  expect(sorted(file(name))).toEqual([as]);
});

test('a JSON file is a model where it holds a topology, whatever it is called, and a recipe otherwise', () => {
  const topology = file('resnet.json', '{"format": "layers-model", "modelTopology": {}}');
  expect(sorted(topology)).toEqual(['model resnet.json']);
  expect(sorted(file('model.json', '{"network": "lenet-5"}'))).toEqual(['recipe model.json']);
});

test('what belongs to a model goes with it; without the model it is refused, with what to do', () => {
  const shards = [file('group1-shard1of2.bin'), file('group1-shard2of2.bin')];
  const json = file('model.json', '{"weightsManifest": []}');
  expect(sorted(...shards, json)).toEqual(['model model.json + group1-shard1of2.bin + group1-shard2of2.bin']);
  expect(sorted(file('net.onnx.data'), file('net.onnx'))).toEqual(['model net.onnx + net.onnx.data']);
  const [alone] = sortDropped([file('net.onnx.data')]);
  expect(alone?.as === 'refused' && alone.why.problem.remedy).toContain('Drop the model with it');
});

test('a folder is what lies in it', () => {
  expect(sorted(folder('animals', 'cats/', 'dogs/', 'readme.txt'))).toEqual(['data animals (images)']);
  expect(sorted(folder('mnist', 'train-images-idx3-ubyte.gz'))).toEqual(['data mnist (idx)']);
  expect(sorted(folder('cifar-10', 'data_batch_1.bin', 'test_batch.bin'))).toEqual(['data cifar-10 (cifar)']);
  expect(sorted(folder('web', 'model.json', 'shard.bin'))).toEqual(['model web']);
  for (const other of [folder('photos', 'a.png', 'b.png'), folder('empty')])
    expect(sorted(other)).toEqual([`refused ${other.name}`]);
});

test('of several things of a kind the first is taken and the others are refused; recipes come first', () => {
  expect(sorted(file('a.onnx'), file('b.h5'), file('x.csv'), file('y.csv'), file('r.yml'))).toEqual([
    'recipe r.yml',
    'model a.onnx',
    'data x.csv (csv)',
    'refused b.h5',
    'refused y.csv',
  ]);
});

test.each(['net.pt', 'net.tflite', 'weights.safetensors', 'cat.png', 'notes.docx', 'no-ending'])(
  'of %s it says why it is not taken, and what to do',
  (name) => {
    const [found] = sortDropped([file(name)]);
    if (found?.as !== 'refused') throw new Error(`${name} was taken for ${found?.as}`);
    expect(found.why.problem.file).toBe(name);
    expect(found.why.problem.remedy).toBeTruthy();
  },
);

test('relative paths of a recipe start at its folder, absolute ones stay', () => {
  expect(besideRecipe('data/a.csv', '/home/ada/runs/r.yaml')).toBe('/home/ada/runs/data/a.csv');
  expect(besideRecipe('a.csv', 'C:\\runs\\r.yaml')).toBe('C:\\runs\\a.csv');
  for (const path of ['/data/a.csv', 'D:\\a.csv', 'd:/a.csv'])
    expect(besideRecipe(path, '/home/ada/r.yaml')).toBe(path);
});
