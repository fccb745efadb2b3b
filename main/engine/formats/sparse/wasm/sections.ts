import { z } from 'zod';
import { inputError } from '../../../../contract/errors.ts';
import { type Ends, endsSchema } from '../ends.ts';

/** What is used of Node's WebAssembly, whose types Node's own do not have. */
const engine = (
  globalThis as unknown as {
    WebAssembly: {
      compile: (bytes: Uint8Array) => Promise<object>;
      Module: { customSections: (module: object, name: string) => ArrayBuffer[] };
    };
  }
).WebAssembly;

/** What a module says of itself for those who measure it. @throws EspalierError when it says nothing of the kind */
export async function readEnds(
  bytes: Uint8Array,
  file: string,
): Promise<{ ends: Ends; metadata: Record<string, string> }> {
  try {
    const module = await engine.compile(bytes);
    const json = (name: string): unknown => {
      const [content] = engine.Module.customSections(module, name);
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
    };
    return {
      ends: endsSchema.parse(json('ends')),
      metadata: z.record(z.string(), z.string()).parse(json('metadata')),
    };
  } catch {
    throw inputError('wasm/unreadable', 'This is no module that Espalier has written, or it is not whole.', {
      file,
      remedy: 'Give a model.wasm as a run or `espalier export` has left it.',
    });
  }
}
