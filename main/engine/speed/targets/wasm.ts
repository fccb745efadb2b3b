import { wasm as format } from '../../formats/sparse/wasm/format.ts';
import { WASM } from '../../formats/sparse/tuning.ts';
import type { Target } from '../target.ts';

/** Our WebAssembly modules in the engine of this program, which is Chromium's, too. */
export const wasm: Target = {
  id: 'wasm',
  version: () => Promise.resolve(`V8 ${process.versions.v8}, ${JSON.stringify(WASM)}`),
  async written(model) {
    const [file] = await format.write({ ...model, metadata: {} });
    if (file === undefined) throw new Error('the format writes a module');
    return { model: file.bytes };
  },
};
