import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Model } from '../../main/engine/formats/sparse/wasm/runtime.ts';
import { moduleText } from '../../main/engine/formats/sparse/wasm/texts.ts';

/** A module as its users load it. */
export async function openModule(bytes: Uint8Array, threads: number): Promise<Model> {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-bench-'));
  const file = join(folder, 'model.mjs');
  writeFileSync(file, moduleText());
  const { load } = (await import(pathToFileURL(file).href)) as {
    load: (bytes: Uint8Array, options: { threads: number }) => Promise<Model>;
  };
  rmSync(folder, { recursive: true });
  return load(bytes, { threads });
}
