import type { Data } from '../plan.ts';
import { float } from './print.ts';

/** Numbers on a line. */
const PER_LINE = 12;

const BYTES = { float: 4, int8_t: 1, uint8_t: 1, uint16_t: 2, uint32_t: 4 } as const;

/** The type of an array's elements: of a table the narrowest that holds them. */
export function elementType(data: Data): keyof typeof BYTES {
  if (data.is === 'floats') return 'float';
  if (data.is === 'bytes') return 'int8_t';
  const most = data.values.reduce((most, value) => Math.max(most, value), 0);
  return most < 2 ** 8 ? 'uint8_t' : most < 2 ** 16 ? 'uint16_t' : 'uint32_t';
}

export function constantBytes(data: readonly Data[]): number {
  return data.reduce((sum, item) => sum + item.values.length * BYTES[elementType(item)], 0);
}

/** An array as a C constant. */
export function constant(data: Data, i: number): string {
  const values = data.is === 'floats' ? Array.from(data.values, float) : Array.from(data.values, String);
  // C has no empty arrays.
  if (values.length === 0) values.push('0');
  const lines: string[] = [];
  for (let at = 0; at < values.length; at += PER_LINE)
    lines.push(`  ${values.slice(at, at + PER_LINE).join(', ')},`);
  return `static const ${elementType(data)} data${i}[${values.length}] = {\n${lines.join('\n')}\n};\n`;
}
