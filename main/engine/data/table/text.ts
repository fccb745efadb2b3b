import { isUtf8 } from 'node:buffer';
import { inputError } from '../../../contract/errors.ts';
import type { Place } from '../files/place.ts';
import type { ReadNotes } from '../read-notes.ts';

/** The characters that Windows-1252 has at 0x80 to 0x9f, where Latin-1 has controls; 0 where it has none of its own. */
const WINDOWS = [
  0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
  0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
  0x0153, 0, 0x017e, 0x0178,
];

/** Bytes that are looked at for the zeros of UTF-16. */
const PEEK = 4096;

/**
 * The text of a table. UTF-8 and UTF-16 are told by their byte order mark or their form; bytes that are no UTF-8 are read as
 * Windows-1252, the commonest other encoding of tables, and that is said.
 */
export function decodeText(bytes: Buffer, place: Place, notes: ReadNotes): string {
  const order = utf16Order(bytes);
  if (order !== undefined) {
    notes.fact('Encoding', `UTF-16, ${order === 'little' ? 'little' : 'big'}-endian`);
    const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
    const text = order === 'little' ? even : Buffer.from(even).swap16();
    return text.toString('utf16le').replace(/^\ufeff/, '');
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    throw inputError('data/format', 'The file holds zero bytes: it is no table of text.', {
      file: place.shown,
      field: `byte ${zero}`,
      remedy: 'Name a CSV file in UTF-8, UTF-16 or Windows-1252; save spreadsheets (.xlsx, .ods) as CSV.',
    });
  }
  if (isUtf8(bytes)) {
    notes.fact('Encoding', 'UTF-8');
    return bytes.toString('utf8').replace(/^\ufeff/, '');
  }
  const before = bytes.toString('utf8');
  const wrong = Buffer.byteLength(before.slice(0, before.indexOf('\ufffd')));
  const line = bytes.subarray(0, wrong).toString('latin1').split('\n').length;
  notes.fact('Encoding', 'Windows-1252');
  notes.problem(
    `The table is no UTF-8 (row ${line}, byte ${wrong} is 0x${(bytes[wrong] ?? 0).toString(16)}): it was read as Windows-1252.`,
    'If names look wrong, save it as UTF-8.',
  );
  return bytes
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (character) =>
      String.fromCharCode(WINDOWS[character.charCodeAt(0) - 0x80] || character.charCodeAt(0)),
    );
}

/** The byte order of UTF-16, by its mark or by the zeros that every second byte of most texts is; undefined for other texts. */
function utf16Order(bytes: Buffer): 'little' | 'big' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'little';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'big';
  const head = bytes.subarray(0, PEEK);
  const zeros = [0, 0];
  head.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const half = head.length / 2;
  if (odd > 0.6 * half && even === 0) return 'little';
  return even > 0.6 * half && odd === 0 ? 'big' : undefined;
}
