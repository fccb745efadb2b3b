import { parseDocument } from 'yaml';
import { inputError } from '../../contract/errors.ts';

/** A recipe is a page of text; anything longer is not one. */
export const MAX_RECIPE_BYTES = 1_000_000;

/**
 * A recipe's text as a plain value. YAML 1.2 holds JSON, so one parser reads both, whatever the file is called.
 * @throws EspalierError naming the file, line and column
 */
export function parseRecipeText(text: string, file?: string): unknown {
  if (Buffer.byteLength(text) > MAX_RECIPE_BYTES) {
    throw inputError('recipe/too-large', 'This is too long for a recipe.', {
      file,
      remedy: 'Give a YAML or JSON file of at most 1 MB.',
    });
  }
  const document = parseDocument(text, { prettyErrors: true, logLevel: 'silent', uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const place = error.linePos?.[0];
    throw inputError('recipe/syntax', `This is not valid YAML or JSON: ${firstLine(error.message)}`, {
      file,
      field: place === undefined ? undefined : `line ${place.line}, column ${place.col}`,
      remedy: 'See resources/recipes for examples.',
    });
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw inputError('recipe/syntax', `This YAML cannot be used: ${firstLine(String(error))}`, {
      file,
      remedy: 'Write the recipe without aliases.',
    });
  }
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
}
