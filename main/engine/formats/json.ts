import { inputError } from '../../contract/errors.ts';

/** A topology without its numbers; a larger text is no model. */
export const MAX_JSON_BYTES = 128 * 2 ** 20;

/**
 * The file as JSON.
 * @throws EspalierError when it is none, or too large for one
 */
export function parseJson(bytes: Uint8Array, file: string, field?: string): unknown {
  const refuse = (message: string) =>
    inputError('model/json', message, { file, field, remedy: 'Check that the file was copied completely.' });
  if (bytes.length > MAX_JSON_BYTES)
    throw refuse(`This text has ${bytes.length} bytes, too many for a model.`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    throw refuse(`This is no whole JSON text: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** Whether a file begins as a JSON object does. */
export function looksLikeJson(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head.subarray(0, 64));
  return text.trimStart().startsWith('{');
}
