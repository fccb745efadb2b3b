import type { Random } from '../../main/engine/base/random.ts';

/** Numbers and other things that stand where something sensible should. */
const absurd: readonly unknown[] = [
  0,
  -1,
  1,
  3,
  255,
  2 ** 31,
  2 ** 40,
  -(2 ** 53),
  1e300,
  0.5,
  '',
  '../../secret',
  '/etc/hostname',
  'NaN',
  null,
  true,
  [],
  {},
  [[]],
  [1, 2, 3],
];

const pick = <T>(list: readonly T[], random: Random): T => list[random.int(list.length)] as T;

/** A copy with bits flipped, bytes overwritten, a part cut off, taken out, repeated or put elsewhere. */
export function damagedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = () => random.int(Math.max(1, bytes.length));
  const ends = () => [at(), at()].sort((a, b) => a - b) as [number, number];
  const kind = random.int(8);
  if (kind === 0) return bytes.slice(0, at());
  if (kind <= 3) {
    const [from, to] = ends();
    if (kind === 1) return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    if (kind === 2) return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    const place = at();
    return Buffer.concat([bytes.subarray(0, place), bytes.subarray(from, to), bytes.subarray(place)]);
  }
  // Not slice(): that of a Buffer is a view.
  const copy = new Uint8Array(bytes);
  const times = 1 + random.int(8);
  for (let i = 0; i < times; i++) {
    const place = at();
    if (kind === 4) copy[place] = pick([0, 255, 127, 128, 1], random);
    else if (kind === 5) copy.fill(pick([0, 255, 127], random), place, place + 1 + random.int(8));
    else copy[place] = (copy[place] ?? 0) ^ (1 << random.int(8));
  }
  return copy;
}

/** A copy of a JSON value with something in it replaced, removed, repeated or nested too deep. */
export function damagedJson(value: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(value);
  const places: { holder: Record<string | number, unknown>; key: string | number }[] = [];
  const visit = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return;
    const keys = Array.isArray(holder) ? [...holder.keys()] : Object.keys(holder);
    for (const key of keys) {
      places.push({ holder: holder as Record<string | number, unknown>, key });
      visit((holder as Record<string | number, unknown>)[key]);
    }
  };
  visit(copy);
  const times = 1 + random.int(3);
  for (let i = 0; i < times && places.length > 0; i++) {
    const { holder, key } = pick(places, random);
    const kind = random.int(6);
    if (kind === 0 && !Array.isArray(holder)) delete holder[key];
    else if (kind === 1) holder[key] = structuredClone(pick(places, random).holder);
    else if (kind === 2 && Array.isArray(holder)) holder.push(holder[0]);
    else if (kind === 3) holder[key] = pick(places, random).key;
    else if (kind === 4 && typeof holder[key] === 'number') holder[key] *= pick([2, -1, 1000, 1e9], random);
    else holder[key] = structuredClone(pick(absurd, random));
  }
  return copy;
}

/** How many mutations of each kind are tried: ESPALIER_FUZZ, or a number that fits into every test run. */
export const FUZZ_ROUNDS = Number(process.env['ESPALIER_FUZZ'] ?? 500);
