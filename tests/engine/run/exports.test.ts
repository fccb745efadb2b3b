import { describe, expect, it } from 'vitest';
import { refuseUnwritable } from '../../../main/engine/run/results/exports.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { problemWith } from '../../support/problem.ts';

describe('refuseUnwritable', () => {
  const network = new NetworkBuilder('erf', [2]).layer('act', 'Erf').build();

  it('refuses what a format cannot hold before anything is trained, naming the layer and a way out', () => {
    expect(() => refuseUnwritable(['onnx', 'keras'], network, new Map())).toThrow(
      problemWith({
        code: 'export/unsupported',
        field: 'export',
        message: "This network cannot be written as 'keras': Erf 'act' is a layer that Keras does not know.",
        remedy: expect.stringContaining("choose 'onnx'") as string,
      }),
    );
  });

  it('lets everything else pass', () => {
    expect(() =>
      refuseUnwritable(['onnx', 'tfjs', 'safetensors', 'espalier'], network, new Map()),
    ).not.toThrow();
  });
});
