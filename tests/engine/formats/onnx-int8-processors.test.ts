import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { SEVEN_BITS, UNSIGNED } from '../../../main/engine/formats/onnx/int8/weight-form.ts';
import { int8Model } from '../../../main/engine/formats/onnx/int8/write.ts';
import { summarizeOnnx } from '../../../main/engine/formats/onnx/summary.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { encodeModel } from '../../../main/engine/protobuf/onnx.ts';
import type { OnnxJob } from '../../support/emulated.ts';
import { missingEmulator, onBothProcessors } from '../../support/emulated.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { difference, normalTensor } from '../network/run.ts';
import { attention, convolutional, SIGNED, trained } from './int8-networks.ts';

/** Depends on the processor by intention: the same files on this machine's and on one with AVX2 and without VNNI, emulated. */

const folder = temporaryFolder();
const skipped = missingEmulator();

const forms = { unsigned: UNSIGNED, 'of 7 bits': SEVEN_BITS, signed: SIGNED };
const networks = {
  convolutions: { network: convolutional(), shape: [3, 16, 16], samples: 'samples' },
  attention: { network: attention(), shape: [6, 8], samples: 'tokens' },
};
type Name = keyof typeof networks;

describe.skipIf(skipped !== undefined)(
  `8-bit files on a processor without VNNI${skipped === undefined ? '' : ` (skipped: ${skipped})`}`,
  () => {
    const own = new Map<string, number[]>();
    const emulated = new Map<string, number[]>();

    beforeAll(async () => {
      const jobs = new Map<string, OnnxJob>();
      for (const [name, { network, shape, samples }] of Object.entries(networks)) {
        const weights = trained(network);
        const x = normalTensor([8, ...shape], 'x');
        const add = async (label: string, bytes: Uint8Array) => {
          const model = join(folder, `${name}-${label}.onnx`);
          await writeFile(model, bytes);
          for (const exact of [false, true]) {
            jobs.set(`${name} ${label} ${exact ? 'exact' : 'plain'}`, {
              model,
              values: [...x.data],
              shape: x.shape,
              exact,
            });
          }
          return model;
        };
        await add('float', writeOnnx(network, weights));
        for (const [label, form] of Object.entries(forms)) {
          const seen = normalTensor([40, ...shape], samples);
          const { model } = await int8Model(network, weights, new Map(), seen, form);
          await add(label, encodeModel(model));
        }
        // The same with whole numbers as the operators' own inputs: what QOperator files are.
        const optimizedModelFilePath = join(folder, 'operators.onnx');
        const session = await InferenceSession.create(join(folder, `${name}-signed.onnx`), {
          graphOptimizationLevel: 'extended',
          optimizedModelFilePath,
          logSeverityLevel: 4,
        });
        await session.release();
        await add('operators', await readFile(optimizedModelFilePath));
      }
      const found = onBothProcessors([...jobs.values()], folder);
      [...jobs.keys()].forEach((key, i) => {
        own.set(key, found.own[i] ?? []);
        emulated.set(key, found.emulated[i] ?? []);
      });
    });

    /** Largest difference, as a share of the largest number. */
    const apart = (a: readonly number[] = [], b: readonly number[] = []) => {
      expect(a.length).toBeGreaterThan(0);
      const tensor = (values: readonly number[]) => ({
        shape: [values.length],
        data: Float32Array.from(values),
      });
      return difference(tensor(a), tensor(b));
    };
    const names = Object.keys(networks) as Name[];

    it.each(names)('%s: both forms that are written give the same bits', (name) => {
      for (const form of ['unsigned', 'of 7 bits']) {
        expect(emulated.get(`${name} ${form} plain`)).toEqual(own.get(`${name} ${form} plain`));
        expect(emulated.get(`${name} ${form} plain`)).toEqual(emulated.get(`${name} ${form} exact`));
      }
      expect(apart(emulated.get(`${name} unsigned plain`), own.get(`${name} float plain`))).toBeLessThan(
        0.06,
      );
    });

    it.each(names)('%s: signed bytes are computed wrongly there, and the exact figure shows it', (name) => {
      for (const form of ['signed', 'operators']) {
        const wrong = emulated.get(`${name} ${form} plain`);
        const exact = emulated.get(`${name} ${form} exact`);
        expect(apart(wrong, exact), form).toBeGreaterThan(0.05);
        expect(apart(exact, own.get(`${name} unsigned plain`)), form).toBeLessThan(1e-5);
      }
    });

    it.each(names)('%s: files with signed bytes are known by their weights', async (name) => {
      const wide = async (form: string) =>
        summarizeOnnx(await readFile(join(folder, `${name}-${form}.onnx`))).wideWeights.length;
      const layers = name === 'attention' ? 4 : 7;
      expect(await wide('signed')).toBe(layers);
      expect(await wide('operators')).toBe(layers);
      for (const form of ['unsigned', 'of 7 bits', 'float']) expect(await wide(form)).toBe(0);
    });
  },
);
