import { Document, isScalar } from 'yaml';

/** A field of a recipe, and what is said of it in the lines above. */
export interface CommentedField {
  readonly key: string;
  readonly value: unknown;
  readonly comment?: string;
}

const WIDTH = 100;

/**
 * A recipe as a page of YAML that says what its fields are.
 * @param head what stands above all of it, a line each
 */
export function commentedRecipe(head: readonly string[], fields: readonly CommentedField[]): string {
  const document = new Document({});
  for (const { key, value, comment } of fields) {
    const pair = document.createPair(key, value);
    if (comment !== undefined && isScalar(pair.key)) pair.key.commentBefore = wrapped(comment);
    document.add(pair);
  }
  const page = document.toString({ lineWidth: WIDTH });
  return `${head.map((line) => `# ${line}\n`).join('')}\n${page}`;
}

/** As the lines of a comment. */
function wrapped(text: string): string {
  const lines = text.split('\n').flatMap((line) => line.match(/\S(?:.{0,96}\S)?(?=\s|$)/g) ?? []);
  return lines.map((line) => ` ${line}`).join('\n');
}
