import { fileURLToPath } from 'node:url';

/** The file that an engine's process runs: beside this one in a build, the source itself where sources run as they are. */
export function engineEntry(): string {
  const built = !import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(built ? './engine.js' : '../engine/process/entry.ts', import.meta.url));
}
