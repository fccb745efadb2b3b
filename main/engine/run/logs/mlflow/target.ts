import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MlflowSpec } from '../../../../contract/logs.ts';
import { inputError } from '../../../../contract/errors.ts';

/** Where a run is logged for MLflow. */
export type Target =
  | {
      readonly kind: 'server';
      /** Without a slash at its end. */
      readonly url: string;
      /** What shows that one may write there; sent with every request. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'folder'; readonly path: string };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The server that the recipe names, or what MLFLOW_TRACKING_URI names, a server or a folder; else `usual`. Tokens and passwords come from
 * the environment, as MLflow's own client takes them, and go to the environment's server only: a recipe may be somebody else's.
 * @throws EspalierError 'mlflow/address' for an address that nothing can be written to from here
 */
export function targetOf({ server }: MlflowSpec, usual: string, environment: Environment): Target {
  const given = environment['MLFLOW_TRACKING_URI'] ?? '';
  if (server !== undefined) {
    const own = isServer(given) && new URL(given).origin === new URL(server).origin;
    return { kind: 'server', url: bare(server), headers: own ? credentials(given, environment) : {} };
  }
  if (given === '') return { kind: 'folder', path: usual };
  if (isServer(given)) return { kind: 'server', url: bare(given), headers: credentials(given, environment) };
  if (given.startsWith('file:')) return { kind: 'folder', path: folderOf(given) };
  // A word that MLflow takes for a service of others is no folder.
  if (!/^([a-z][\w+.-]+:|(databricks|uc)(-|$))/i.test(given)) return { kind: 'folder', path: resolve(given) };
  throw inputError(
    'mlflow/address',
    'MLFLOW_TRACKING_URI names neither a tracking server (http, https) nor a folder.',
    {
      field: 'logs',
      remedy:
        'For a database, start `mlflow server --backend-store-uri ...` and give its address; or unset the variable for a folder beside the run.',
    },
  );
}

const isServer = (address: string): boolean => /^https?:\/\//i.test(address) && URL.canParse(address);

function folderOf(address: string): string {
  // MLflow also takes file:relative/path.
  return address.startsWith('file:/') ? fileURLToPath(address) : resolve(address.slice('file:'.length));
}

/** The address without a name and password, which belong into a header. */
function bare(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

function credentials(address: string, environment: Environment): Record<string, string> {
  const { username, password } = new URL(address);
  const token = environment['MLFLOW_TRACKING_TOKEN'];
  const user = environment['MLFLOW_TRACKING_USERNAME'] ?? decodeURIComponent(username);
  const secret = environment['MLFLOW_TRACKING_PASSWORD'] ?? decodeURIComponent(password);
  // A name and password come before a token, as in MLflow's own client.
  if (user !== '' && secret !== '')
    return { authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` };
  return token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
}
