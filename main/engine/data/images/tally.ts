import { inputError } from '../../../contract/errors.ts';
import type { ReadNotes } from '../read-notes.ts';
import type { Image, ImageHeader } from './image.ts';

const FORMATS: Readonly<Record<ImageHeader['format'], string>> = {
  png: 'PNG',
  jpeg: 'JPEG',
  webp: 'WebP',
  gif: 'GIF',
  bmp: 'BMP',
  tiff: 'TIFF',
};

/** Counts what the decoded images were like, and says it. */
export class ImageTally {
  private readonly formats = new Map<string, number>();
  private readonly depths = new Map<number, number>();
  private readonly sizes = new Map<string, number>();
  private grey = 0;
  private colour = 0;
  private transparent = 0;
  private several = 0;
  /** Greatest value of images of more than 8 bits. */
  private greatest = 0;
  private fractions: string | undefined;

  add(image: Image, file: string): void {
    const { header, width, height, planes } = image;
    const more = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);
    more(this.formats, FORMATS[header.format]);
    more(this.depths, header.depth);
    more(this.sizes, `${width} x ${height}`);
    if (header.grey) this.grey++;
    else this.colour++;
    this.transparent += Number(image.transparent);
    this.several += Number(header.several);
    if (header.depth > 8) {
      for (const plane of planes) for (const value of plane) if (value > this.greatest) this.greatest = value;
    }
    if (header.depth === 32) this.fractions ??= file;
  }

  /** @throws EspalierError when images of numbers with fractions stand beside others, as no range is common to them */
  tell(notes: ReadNotes, frame: { height: number; width: number; channels: number }): void {
    for (const [format, count] of this.formats) notes.file(`${format} images`, count);
    if (this.fractions !== undefined && this.depths.size > 1) {
      throw inputError('data/format', 'Images of 32-bit numbers stand beside images of 8 or 16 bits.', {
        file: this.fractions,
        remedy: 'Save all images alike: nothing tells what range they have in common.',
      });
    }
    this.tellSizes(notes, frame);
    this.tellDepths(notes);
    this.tellColours(notes, frame.channels === 1);
    if (this.transparent > 0)
      notes.fact('Transparency', `dropped: ${this.transparent} images have pixels that are not opaque`);
    if (this.several > 0)
      notes.fact(
        'Several pictures',
        `${this.several} files have more than one (animations, pages): the first is read`,
      );
  }

  private tellSizes(notes: ReadNotes, { height, width }: { height: number; width: number }): void {
    const frequent = [...this.sizes].sort(([, a], [, b]) => b - a);
    const shown = frequent.slice(0, 3).map(([size, count]) => `${count} of ${size}`);
    const rest = frequent.length > 3 ? ` and ${frequent.length - 3} other sizes` : '';
    const asIs = frequent.length === 1 && frequent[0]?.[0] === `${width} x ${height}`;
    notes.fact(
      'Image sizes (width x height)',
      `${shown.join(', ')}${rest}${asIs ? '' : `; all are brought to ${width} x ${height}`}`,
    );
  }

  private tellDepths(notes: ReadNotes): void {
    const all = [...this.depths].sort(([a], [b]) => a - b);
    const words = all.map(([bits, count]) => `${count} of ${bits} ${bits === 1 ? 'bit' : 'bits'}`);
    const wide = all.some(([bits]) => bits > 8);
    notes.fact(
      'Image depth',
      `${words.join(', ')}${wide ? `; values are kept as they are, up to ${this.greatest}` : '; read as bytes'}`,
    );
    if (wide && all.some(([bits]) => bits <= 8)) {
      notes.problem(
        'Some images have 8 bits or fewer, others 16: the former are multiplied by 257, so that white is 65,535 in both.',
        'Save all images with the same depth, unless white means the same in both.',
      );
    }
  }

  private tellColours(notes: ReadNotes, asGrey: boolean): void {
    notes.fact(
      'Image colours',
      `${this.grey} grey, ${this.colour} colour; read as ${asGrey ? 'grey' : 'colour'}`,
    );
    if (asGrey && this.colour > 0 && this.grey > 0) {
      notes.problem(
        `${this.colour} images have colours, which are lost: all are read as grey, as the first image is.`,
        'Set `data.color` to rgb, or to grey if this is meant.',
      );
    }
  }
}
