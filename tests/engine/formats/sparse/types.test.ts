import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../../../main/engine/formats/sparse/wasm/format.ts';
import { NetworkBuilder } from '../../../../main/engine/network/builder.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { randomWeights } from '../../network/run.ts';

const folder = temporaryFolder();

/** What the compiler says of a program that imports model.mjs. */
async function said(program: string, moduleResolution: ts.ModuleResolutionKind): Promise<string[]> {
  const file = join(folder, 'use.mts');
  await writeFile(file, program);
  const bundled = moduleResolution === ts.ModuleResolutionKind.Bundler;
  const compiled = ts.createProgram([file], {
    ...{
      strict: true,
      noEmit: true,
      types: [],
      skipDefaultLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      moduleResolution,
    },
    module: bundled ? ts.ModuleKind.ESNext : ts.ModuleKind.NodeNext,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  });
  return ts
    .getPreEmitDiagnostics(compiled)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe.each(['NodeNext', 'Bundler'] as const)('the types of model.mjs, resolved as %s', (kind) => {
  const resolution = ts.ModuleResolutionKind[kind];
  beforeAll(async () => {
    const network = new NetworkBuilder('small', [4]).dense('fc', 3).build();
    const weights = randomWeights(network);
    for (const { name, bytes } of await wasm.write({ network, weights, masks: new Map(), metadata: {} }))
      await writeFile(join(folder, name), bytes);
  });

  it('let the lines of the README pass, and nothing that is no input', async () => {
    const program = `
      import { load } from './model.mjs';
      const model = await load();
      const scores: Float32Array = model.run(model.normalize([1, 2, 3, 4]));
      const name: string | undefined = model.info.labels[scores.indexOf(Math.max(...scores))];
      // @ts-expect-error
      model.run({ wrong: 1 });
      export default name;`;
    expect(await said(program, resolution)).toEqual([]);
  });
});
