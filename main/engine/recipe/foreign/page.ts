import { isMap, isSeq, LineCounter, parseDocument, type Document, type Node, type ParsedNode } from 'yaml';
import type { z } from 'zod';
import { inputError } from '../../../contract/errors.ts';
import { problemsOf } from '../issues.ts';

/** A place in another program's file. */
export type Place = readonly (string | number)[];

/** Something in the file that a recipe has no counterpart for. */
export interface Lost {
  /** From 1. */
  readonly line: number;
  /** 'pruning_modifiers[0].init_sparsity'. */
  readonly field: string;
  readonly why: string;
}

const MAX_ALIASES = 100;

/** A YAML or JSON file of another program, whose values are known by their lines, and what of it was lost on the way. */
export class ForeignPage {
  readonly lost: Lost[] = [];
  readonly file: string;
  private readonly document: Document.Parsed<ParsedNode>;
  private readonly yaml: string;
  private readonly counter = new LineCounter();
  /** Lines of the file above the YAML. */
  private readonly above: number;

  /** @throws EspalierError naming the line where it is no YAML */
  constructor(text: string, file: string) {
    this.file = file;
    const { yaml, above } = frontMatter(text);
    this.above = above;
    this.yaml = yaml;
    // Tags such as !GMPruningModifier are read off the nodes; their values are plain maps.
    this.document = parseDocument(yaml, { lineCounter: this.counter, logLevel: 'silent', uniqueKeys: true });
    const [error] = this.document.errors;
    if (error === undefined) return;
    const line = (error.linePos?.[0].line ?? 1) + above;
    throw inputError(
      'foreign/syntax',
      `This is not valid YAML or JSON: ${error.message.split('\n')[0] ?? ''}`,
      {
        file,
        field: `line ${line}`,
      },
    );
  }

  /** The plain value at a place; undefined where there is none. */
  value(place: Place = []): unknown {
    const node = this.node(place);
    return node?.toJS(this.document, { maxAliasCount: MAX_ALIASES });
  }

  /** The tag of a map: '!GMPruningModifier'. */
  tag(place: Place): string | undefined {
    return this.node(place)?.tag;
  }

  isMap(place: Place): boolean {
    return isMap(this.node(place));
  }

  isList(place: Place): boolean {
    return isSeq(this.node(place));
  }

  /** Notes what a recipe cannot say. */
  lose(place: Place, why: string): void {
    this.lost.push({ line: this.line(place), field: fieldOf(place), why });
  }

  /**
   * A map's values as a schema has them; what the schema does not know is noted as lost.
   * @throws EspalierError naming field and line where a value is not what its schema asks for
   */
  read<T extends z.ZodObject>(schema: T, place: Place, value = this.value(place)): z.output<T> {
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const [issue] = problemsOf(parsed.error.issues, value);
      const inner = [...place, ...(parsed.error.issues[0]?.path ?? []).map((part) => String(part))];
      throw inputError('foreign/value', issue?.message ?? 'This is not what it should be.', {
        file: this.file,
        field: `line ${this.line(inner)}, ${fieldOf(inner)}`,
        remedy: issue?.remedy,
      });
    }
    const known = new Set(Object.keys(schema.shape));
    for (const key of Object.keys(value as object))
      if (!known.has(key)) this.lose([...place, key], 'there is no counterpart');
    return parsed.data;
  }

  private node(place: Place): Node | undefined {
    if (place.length === 0) return this.document.contents ?? undefined;
    return this.document.getIn(place, true) as Node | undefined;
  }

  /** Of a place that is not there, the line of the innermost part that is. */
  private line(place: Place): number {
    const node = this.node(place);
    const at = node?.range?.[0];
    if (at === undefined) return place.length === 0 ? 1 : this.line(place.slice(0, -1));
    // A tagged map begins with its tag, which may stand on the line above.
    const begin = node?.tag?.startsWith('!') === true ? this.yaml.lastIndexOf(node.tag, at) : at;
    return this.counter.linePos(begin).line + this.above;
  }
}

/** 'a.b[0].c'. */
const fieldOf = (place: Place): string =>
  place.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');

/** The YAML between two lines of dashes at the head of a Markdown file; else all of it. */
function frontMatter(text: string): { yaml: string; above: number } {
  const comment = /^\s*<!--[^]*?-->\s*/.exec(text)?.[0] ?? '';
  const found = /^---[ \t]*\n([^]*?)\n---[ \t]*(?:\n|$)/.exec(text.slice(comment.length));
  if (found === null) return { yaml: text, above: 0 };
  return { yaml: found[1] ?? '', above: comment.split('\n').length };
}
