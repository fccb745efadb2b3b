import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { programVersion } from '../../../main/engine/base/versions.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { speedKey } from '../../../main/engine/speed/key.ts';
import type { Runs } from '../../../main/engine/speed/target.ts';

function model({ width = 4, seed = 1, name = 'small', kept = 1 } = {}): Runs {
  const network = new NetworkBuilder(name, [1, 6, 6]).conv('a', width).relu().flatten().dense('b', 3).build();
  const mask = new Uint8Array(width * 9).fill(1);
  mask.fill(0, kept);
  return {
    network,
    weights: initialize(network, Random.from(seed, 'w')),
    masks: new Map([['a.weight', mask]]),
  };
}

const about = {
  program: '0.1.0',
  machine: { processor: 'A', cores: 2, architecture: 'x64' },
  target: { id: 'wasm' },
  versions: ['1', '2'],
  call: { batch: 1, threads: 1 },
  models: [model()],
} as const;
const key = (change: Partial<Parameters<typeof speedKey>[0]> = {}) => speedKey({ ...about, ...change });

describe('the key of a measured time', () => {
  it('is the same for other numbers in the same network, whatever it is called', () => {
    expect(key({ models: [model({ seed: 2, name: 'other' })] })).toBe(key());
    expect(key()).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is another with another version of the program, whose kernels are others, and goes by the program's own", () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
    ) as {
      version: string;
    };
    expect(programVersion()).toBe(version);
    for (const id of ['wasm', 'c', 'onnxruntime'] as const)
      expect(key({ program: '0.1.1', target: { id } })).not.toBe(key({ target: { id } }));
  });

  it('is another with another version, machine, call or shape', () => {
    const others = [
      key({ versions: ['1', '3'] }),
      key({ machine: { ...about.machine, processor: 'B' } }),
      key({ machine: { ...about.machine, cores: 4 } }),
      key({ call: { batch: 8, threads: 1 } }),
      key({ call: { batch: 1, threads: 2 } }),
      key({ target: { id: 'c' } }),
      key({ models: [model({ width: 5 })] }),
      key({ models: [model(), model()] }),
    ];
    expect(new Set([key(), ...others]).size).toBe(others.length + 1);
  });

  it('hangs on the zeros only where they save time', () => {
    const [few, more] = [model({ kept: 1 }), model({ kept: 2 })];
    expect(key({ models: [few] })).not.toBe(key({ models: [more] }));
    const dense = { target: { id: 'onnxruntime' } } as const;
    expect(key({ ...dense, models: [few] })).toBe(key({ ...dense, models: [more] }));
  });
});
