import { tryProvider } from '../../main/engine/backend/provider.ts';

/** A program that prints, as JSON, why this process finds no driver for WebGPU; null where it does. */
process.stdout.write(JSON.stringify(await tryProvider('webgpu')), () => process.exit(0));
