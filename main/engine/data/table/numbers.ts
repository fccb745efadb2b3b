/** One way of writing numbers. */
export interface NumberStyle {
  /** For people; empty for plain numbers. */
  readonly words: string;
  /** What stands before the decimals; undefined where whole numbers tell nothing. */
  readonly decimal: 'point' | 'comma';
  /** The number that a cell stands for, or NaN. */
  parse(cell: string): number;
}

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const COMMA = /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i;
// The first group of thousands never starts with a zero: '0,757' has a decimal comma.
const COMMA_GROUPS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;
const POINT_GROUPS = /^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?$/;
const SPACE_GROUPS = /^[+-]?[1-9]\d{0,2}([ '\u2019\u00a0\u202f]\d{3})+([.,]\d*)?$/;

/** Left and right of a number: a currency, a percent sign, a Unicode minus. */
function bare(cell: string): string {
  return cell
    .replace(/^\u2212/, '-')
    .replace(/^([+-]?)\s*[$\u20ac\u00a3\u00a5]\s*/, '$1')
    .replace(/\s*[%$\u20ac\u00a3\u00a5]$/, '');
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : NaN;
}

const point = (cell: string) => (PLAIN.test(cell) ? finite(Number(cell)) : NaN);
const comma = (cell: string) => (COMMA.test(cell) ? finite(Number(cell.replace(',', '.'))) : NaN);
const spaced = (cell: string, decimal: string) =>
  SPACE_GROUPS.test(cell) && !cell.includes(decimal === '.' ? ',' : '.')
    ? Number(cell.replace(/[ '\u2019\u00a0\u202f]/g, '').replace(',', '.'))
    : NaN;

/** Either style's own numbers, and those with groups of thousands. */
const styles: Readonly<Record<'point' | 'comma', NumberStyle>> = {
  point: {
    words: '',
    decimal: 'point',
    parse(cell) {
      const text = bare(cell);
      if (COMMA_GROUPS.test(text)) return Number(text.replaceAll(',', ''));
      const value = point(text);
      return Number.isNaN(value) ? spaced(text, '.') : value;
    },
  },
  comma: {
    words: 'decimal comma',
    decimal: 'comma',
    parse(cell) {
      const text = bare(cell);
      if (POINT_GROUPS.test(text)) return Number(text.replaceAll('.', '').replace(',', '.'));
      const value = comma(text);
      return Number.isNaN(value) ? spaced(text, ',') : value;
    },
  },
};

/** Whether a cell is a number in one way of writing only, and in which. */
function decided(cell: string): 'point' | 'comma' | undefined {
  const [isPoint, isComma] = [styles.point, styles.comma].map((style) => !Number.isNaN(style.parse(cell)));
  if (isPoint === isComma) return undefined;
  return isPoint ? 'point' : 'comma';
}

/**
 * What stands before decimals in a table whose columns of numbers are given: a comma where a column has cells that are numbers only
 * so and none that are numbers only with a point.
 */
export function findDecimal(columns: Iterable<readonly string[]>): 'point' | 'comma' {
  for (const cells of columns) {
    let commas = 0;
    let others = 0;
    for (const cell of cells) {
      const found = decided(cell);
      if (found === 'comma') commas++;
      else if (found === 'point' || Number.isNaN(styles.point.parse(cell))) others++;
    }
    // A few cells may be words for missing values.
    if (commas > 0 && others * 4 < cells.length) return 'comma';
  }
  return 'point';
}

/** The style in which most cells of a column are numbers; the table's own where both do as well. */
export function styleOf(cells: readonly string[], decimal: 'point' | 'comma'): NumberStyle {
  const other = decimal === 'point' ? 'comma' : 'point';
  const hits = (style: NumberStyle) => cells.filter((cell) => !Number.isNaN(style.parse(cell))).length;
  return hits(styles[other]) > hits(styles[decimal]) ? styles[other] : styles[decimal];
}

/** What was taken off or read out of the cells of a column of numbers, for people. */
export function styleWords(cells: readonly string[], style: NumberStyle): string {
  const some = (test: RegExp) => cells.filter((cell) => test.test(cell)).length;
  const groups = style.decimal === 'comma' ? POINT_GROUPS : COMMA_GROUPS;
  const parts = [
    [some(style.decimal === 'comma' ? /,/ : /^$/), 'with a decimal comma'],
    [
      cells.filter((cell) => groups.test(bare(cell)) || SPACE_GROUPS.test(bare(cell))).length,
      'with groups of thousands',
    ],
    [some(/%$/), 'with a percent sign, which is left out'],
    [some(/[$\u20ac\u00a3\u00a5]/), 'with a currency, which is left out'],
  ] as const;
  return parts
    .filter(([times]) => times > 0)
    .map(([times, words]) => `${times} ${words}`)
    .join(', ');
}
