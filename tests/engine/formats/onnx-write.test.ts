import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { missingPythonOnnx, runPython } from '../../support/python-onnx.ts';
import { cases } from '../network/cases.ts';
import { oneOpNetwork, randomWeights } from '../network/run.ts';

const skipped = missingPythonOnnx();

const small = () =>
  new NetworkBuilder('small', [1, 6, 6])
    .conv('conv', 2)
    .batchNorm('bn')
    .layer('act', 'Gelu')
    .flatten()
    .dense('fc', 3)
    .build();

describe(`onnx.checker${skipped === undefined ? '' : `, skipped: ${skipped}`}`, () => {
  it.skipIf(skipped !== undefined)('accepts every layer type and every network of the zoo', async () => {
    const folder = temporaryFolder();
    const files: string[] = [];
    const save = async (name: string, bytes: Uint8Array) => {
      files.push(join(folder, `${name.replaceAll(' ', '-')}.onnx`));
      await writeFile(files.at(-1) ?? '', bytes);
    };
    for (const [title, entry] of Object.entries(cases)) {
      const network = oneOpNetwork(entry);
      await save(title, writeOnnx(network, randomWeights(network), { metadata: { title } }));
    }
    for (const entry of zoo.items) {
      const network = entry.build({ input: entry.defaultInput, classes: 10 });
      await save(entry.id, writeOnnx(network, initialize(network, Random.from(1, 'weights'))));
    }
    const printed = runPython(
      `
import sys, onnx
for file in sys.argv[1:]:
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    assert model.opset_import[0].version == 17 and model.ir_version == 8
    assert all(v.type.tensor_type.shape.dim[0].dim_param == 'batch' for v in [*model.graph.input, *model.graph.output])
    print(file)
`,
      files,
    );
    expect(printed.trim().split('\n')).toEqual(files);
  });

  it.skipIf(skipped !== undefined)('finds names, numbers and metadata as they were', async () => {
    const file = join(temporaryFolder(), 'small.onnx');
    const network = small();
    const weights = initialize(network, Random.from(1, 'weights'));
    await writeFile(file, writeOnnx(network, weights, { metadata: { recipe: '{"seed": 1}', ünïcode: '✓' } }));
    const printed = runPython(
      `
import sys, json, onnx
from onnx import numpy_helper
m = onnx.load(sys.argv[1])
print(json.dumps({
  'nodes': [n.name for n in m.graph.node],
  'params': {t.name: numpy_helper.to_array(t).tolist() for t in m.graph.initializer},
  'metadata': {p.key: p.value for p in m.metadata_props},
  'producer': m.producer_name,
}))
`,
      [file],
    );
    const found = JSON.parse(printed) as {
      nodes: string[];
      params: Record<string, unknown>;
      metadata: Record<string, string>;
      producer: string;
    };
    expect(found.producer).toBe('Espalier');
    expect(found.metadata).toEqual({ recipe: '{"seed": 1}', ünïcode: '✓' });
    for (const node of network.nodes) expect(found.nodes).toContain(node.name);
    for (const [name, { data, shape }] of weights) {
      const values = found.params[name] as unknown[];
      expect(values).toHaveLength(shape[0] ?? 0);
      expect((values.flat(4) as number[]).map(Math.fround)).toEqual([...data]);
    }
  });
});

describe('writeOnnx', () => {
  it('writes pruned weights as zeros and leaves the weight set alone', async () => {
    const network = new NetworkBuilder('line', [3]).dense('fc', 1, { bias: false }).build();
    const weights = new Map([['fc.weight', { shape: [1, 3], data: Float32Array.of(1, 10, 100) }]]);
    const file = writeOnnx(network, weights, { masks: new Map([['fc.weight', Uint8Array.of(1, 0, 1)]]) });
    const session = await InferenceSession.create(file);
    const { fc } = await session.run({ input: new Tensor('float32', Float32Array.of(1, 1, 1), [1, 3]) });
    expect(fc?.data[0]).toBe(101);
    expect([...(weights.get('fc.weight')?.data ?? [])]).toEqual([1, 10, 100]);
  });

  it('refuses weights that are missing or not finite, naming the parameter', () => {
    const network = small();
    const weights = initialize(network, Random.from(1, 'weights'));
    expect(() => writeOnnx(network, new Map())).toThrow(/'conv.weight'/);
    weights.set('fc.bias', { shape: [3], data: Float32Array.of(0, Infinity, 0) });
    expect(() => writeOnnx(network, weights)).toThrow(/'fc.bias' holds Infinity/);
  });

  it('finds other names for its helpers where a layer took them', async () => {
    const network = new NetworkBuilder('names', [2])
      .layer('act', 'Silu')
      .layer('act/Sigmoid', 'Relu')
      .layer('act/constant', 'Gelu')
      .build();
    const session = await InferenceSession.create(writeOnnx(network, new Map()));
    expect(session.outputNames).toEqual(['act/constant']);
  });

  it('is the same file for the same network and weights', () => {
    const file = () => writeOnnx(small(), initialize(small(), Random.from(1, 'weights')));
    expect(file()).toEqual(file());
  });
});
