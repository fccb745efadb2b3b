import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const NAN = 'maxima and minima in libtensorflow 1.15 pass over NaNs';
const CPU = "tfjs defines this spec only where the tested backend's name is 'cpu'";

/** Specs that fail on tensorflow and that tfjs-node does not list itself. */
const others: Readonly<Record<string, string>> = {
  'max tested {} return NaNs': NAN,
  'min tested {} return NaNs': NAN,
  'Switching cpu backends tested {} Move data from cpu1 to cpu2 backend': CPU,
  'Switching cpu backends tested {} can execute op with data from mixed backends': CPU,
};

/** Why a spec fails, by its name, where that is known: tfjs-node leaves out specs of its own accord, by parts of their names. */
export function reasonsFor(packages: string): (name: string) => string | undefined {
  const file = join(packages, 'node_modules', '@tensorflow', 'tfjs-node', 'dist', 'run_tests.js');
  const list = /IGNORE_LIST = \[(.*?)^\];/ms.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const parts = [...list.matchAll(/^ +'(.*)',?$/gm)].map(([, part = '']) =>
    part.replace('test-tensorflow', 'tested'),
  );
  if (parts.length === 0) throw new Error(`${file} has no list of specs that it leaves out`);
  return (name) =>
    others[name] ??
    (parts.some((part) => name.includes(part)) ? 'tfjs-node leaves it out itself' : undefined);
}
