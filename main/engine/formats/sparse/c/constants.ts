import type { Data } from '../plan.ts';
import { BYTES, elementsOf, storedValues } from './elements.ts';
import { float } from './print.ts';

/** Numbers on a line. */
const PER_LINE = 12;

export function constantBytes(data: readonly Data[]): number {
  return data.reduce((sum, item) => sum + storedValues(item).length * BYTES[elementsOf(item).type], 0);
}

/** An array as a C constant. */
export function constant(data: Data, i: number): string {
  const values = Array.from(storedValues(data), data.is === 'floats' ? float : String);
  // C has no empty arrays.
  if (values.length === 0) values.push('0');
  const lines: string[] = [];
  for (let at = 0; at < values.length; at += PER_LINE)
    lines.push(`  ${values.slice(at, at + PER_LINE).join(', ')},`);
  return `static const ${elementsOf(data).type} data${i}[${values.length}] = {\n${lines.join('\n')}\n};\n`;
}
