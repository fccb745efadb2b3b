import Table from 'cli-table3';
import type { TensorSummary } from '../engine/formats/encodings.ts';
import { encodings } from '../engine/formats/encodings.ts';
import { formatCount, formatPercent } from '../words/format.ts';

/** A table for a terminal: plain text, no colours. Numbers stand at the right. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly string[],
): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: head.map((name) => (numbers.includes(name) ? 'right' : 'left')),
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** How each tensor of a file is stored. */
export function tensorTable(tensors: readonly TensorSummary[]): string {
  const rows = tensors.map(({ name, shape, elements, nonzero, type, encoding, bytes }) => [
    name,
    shape.join(' x '),
    formatCount(elements),
    nonzero === null || elements === 0 ? '' : formatPercent(1 - nonzero / elements, 1),
    type,
    encoding,
    formatCount(bytes),
  ]);
  const head = ['Tensor', 'Shape', 'Weights', 'Zero', 'Type', 'Stored', 'Bytes'];
  return plainTable(head, rows, ['Weights', 'Zero', 'Bytes']);
}

/** What tensors with zeros would take in each encoding, those they have in brackets; empty where there are no zeros. */
export function encodingTable(tensors: readonly TensorSummary[], note: string): string[] {
  const rows = tensors.flatMap(({ name, elements, nonzero, encoding, encodings: bytes }) =>
    bytes === null || nonzero === null || nonzero === elements
      ? []
      : [
          [
            name,
            ...encodings.map((each) =>
              each === encoding ? `[${formatCount(bytes[each])}]` : formatCount(bytes[each]),
            ),
          ],
        ],
  );
  if (rows.length === 0) return [];
  const names = ['Dense', 'Sparse', 'Bitmap', 'Gaps', 'CSR'];
  return [`Bytes in each encoding, [the one it has]. ${note}`, plainTable(['Tensor', ...names], rows, names)];
}
