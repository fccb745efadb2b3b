import type { Port, Signature } from '../formats/signature.ts';

/** One way in which a file does not take or give what another does. */
export interface EndDifference {
  /** Name of the input or output. */
  readonly port: string;
  readonly text: string;
}

/**
 * Why a program that was made for one file cannot use another in its place: names, order, types and sizes of what it takes and
 * gives. A file that leaves a size open takes all that one with a fixed size does; what a file does not say differs from nothing.
 */
export function endDifferences(original: Signature, file: Signature): EndDifference[] {
  return [
    ...portDifferences('input', original.inputs, file.inputs),
    ...portDifferences('output', original.outputs, file.outputs),
  ];
}

function portDifferences(
  what: 'input' | 'output',
  original: readonly Port[],
  file: readonly Port[],
): EndDifference[] {
  const found: EndDifference[] = [];
  const names = (ports: readonly Port[]) => new Set(ports.map(({ name }) => name));
  const [theirs, ours] = [names(original), names(file)];
  for (const { name } of original)
    if (!ours.has(name)) found.push({ port: name, text: `The ${what} '${name}' is not in it.` });
  for (const { name } of file)
    if (!theirs.has(name)) found.push({ port: name, text: `It has an ${what} '${name}', which is new.` });
  const common = original.filter(({ name }) => ours.has(name));
  const order = file.filter(({ name }) => theirs.has(name));
  common.forEach((port, i) => {
    const place = order[i];
    if (place !== undefined && place.name !== port.name) {
      found.push({
        port: port.name,
        text: `The ${what}s '${port.name}' and '${place.name}' changed places.`,
      });
    }
    const same = order.find(({ name }) => name === port.name);
    if (same !== undefined) found.push(...changed(what, port, same));
  });
  return found;
}

function changed(what: 'input' | 'output', original: Port, file: Port): EndDifference[] {
  const port = original.name;
  const found: EndDifference[] = [];
  if (file.type !== original.type)
    found.push({ port, text: `The ${what} '${port}' is ${file.type}, where it was ${original.type}.` });
  if (original.shape.length === 0 || file.shape.length === 0) return found;
  const fits =
    original.shape.length === file.shape.length &&
    original.shape.every((dim, axis) => stillFits(what, dim, file.shape[axis] ?? null, axis));
  if (!fits)
    found.push({
      port,
      text: `The ${what} '${port}' is [${shown(file)}], where it was [${shown(original)}].`,
    });
  return found;
}

/** An answer may be declared more exactly than it was; samples that were taken must be still. */
function stillFits(what: 'input' | 'output', was: number | null, is: number | null, axis: number): boolean {
  return is === null || is === was || (was === null && what === 'output' && axis > 0);
}

const shown = ({ shape }: Port): string => shape.map((dim) => dim ?? '?').join(', ');
