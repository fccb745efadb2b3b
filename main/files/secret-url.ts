import { readFile, stat } from 'node:fs/promises';
import { inputError } from '../contract/errors.ts';
import { fileError } from './problems.ts';

/** Where the address of a server may come from. Passwords come from the environment or a private file, nowhere else. */
export interface SecretUrlSources {
  /** As typed or set: without a password. */
  readonly given: string | undefined;
  /** A file that holds it, whose mode is 0600. */
  readonly file: string | undefined;
  /** The value of the environment's variable. */
  readonly environment: string | undefined;
  /** What they are called: '--redis', 'ESPALIER_REDIS_URL'. */
  readonly names: { readonly given: string; readonly file: string; readonly environment: string };
  /** With their colon: 'redis:'. */
  readonly protocols: readonly string[];
}

/** The address without what is secret in it, for logs, reports and messages. */
export function redactUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
  } catch {
    return 'the server';
  }
}

/**
 * The address of a server, with its password where it has one. The file counts before what was typed, and that before the environment.
 * @throws EspalierError when there is none, it is none, others may read its file, or a password was typed
 */
export async function secretUrl(sources: SecretUrlSources): Promise<string> {
  const { given, file, environment, names, protocols } = sources;
  if (file !== undefined) return checked(await privateText(file), { name: file, protocols });
  if (given !== undefined) {
    const url = checked(given, { name: names.given, protocols });
    if (new URL(url).password === '') return withSecret(url, environment);
    throw inputError('secrets/typed', 'This address has a password in it, which others could read.', {
      field: names.given,
      remedy: `Put the whole address into ${names.environment}, or into a file of mode 0600 for ${names.file}.`,
    });
  }
  if (environment !== undefined && environment !== '')
    return checked(environment, { name: names.environment, protocols });
  throw inputError('secrets/missing', 'There is no address of a server.', {
    field: names.given,
    remedy: `Give ${names.given}, ${names.file}, or ${names.environment} in the environment.`,
  });
}

/** The environment's address in the place of the same server's without its password. */
function withSecret(url: string, environment: string | undefined): string {
  if (environment === undefined || !URL.canParse(environment)) return url;
  return redactUrl(environment) === redactUrl(url) ? environment : url;
}

function checked(text: string, { name, protocols }: { name: string; protocols: readonly string[] }): string {
  const url = text.trim();
  if (URL.canParse(url) && protocols.includes(new URL(url).protocol) && new URL(url).host !== '') return url;
  throw inputError('secrets/not-a-url', 'This is no address of such a server.', {
    field: name,
    remedy: `Write it like ${protocols.map((one) => `${one}//host:port`).join(' or ')}.`,
  });
}

async function privateText(file: string): Promise<string> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw inputError('secrets/readable', 'Others may read this file, which holds a password.', {
        file,
        remedy: `Make it private: chmod 600 ${file}`,
      });
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'problem' in error) throw error;
    throw fileError(error, file, 'read this file');
  }
}
