import type { Redis } from 'ioredis';
import { runError } from '../../contract/errors.ts';
import { redactUrl, secretUrl } from '../../files/secret-url.ts';

/** A server, and the queue on it that submitters and workers share. */
export interface RedisPlace {
  /** redis:// or rediss:// (TLS), with the password where it has one: never to be shown. */
  readonly url: string;
  readonly queue: string;
}

/** The queue that is meant where none is named. */
export const DEFAULT_QUEUE = 'espalier';
/** Before the names of all keys. */
export const PREFIX = 'espalier';

/** A server that does not answer by then is not there. */
const CONNECT_MS = 10_000;

/** The variable of the environment that may hold the address with its password. */
export const REDIS_VARIABLE = 'ESPALIER_REDIS_URL';

/** The server's address, from where secrets may be. @throws EspalierError */
export function redisUrl(given: string | undefined, file: string | undefined): Promise<string> {
  return secretUrl({
    given,
    file,
    environment: process.env[REDIS_VARIABLE],
    names: { given: '--redis', file: '--redis-file', environment: REDIS_VARIABLE },
    protocols: ['redis:', 'rediss:'],
  });
}

/** In words, without credentials. */
export const placeWords = ({ url, queue }: RedisPlace): string => `${redactUrl(url)}, queue ${queue}`;

/**
 * Opens a connection; from then on it comes back by itself, and commands wait for it.
 * @throws EspalierError 'executor/no-server' where none can be opened
 */
export async function connectRedis(url: string): Promise<Redis> {
  const { Redis: Client } = await import('ioredis');
  const client: Redis = new Client(url, {
    lazyConnect: true,
    // As BullMQ wants it of workers: a command waits as long as the server is away.
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_MS,
    retryStrategy: (times) => Math.min(times * 200, 2_000),
  });
  let reason = 'no answer';
  const heard = (error: Error) => {
    reason =
      error.message === '' ? String((error as NodeJS.ErrnoException).code ?? error.name) : error.message;
  };
  client.on('error', heard);
  const timer = setTimeout(() => client.disconnect(), CONNECT_MS);
  try {
    await client.connect();
    await client.ping();
  } catch {
    client.disconnect();
    throw runError('executor/no-server', `The Redis server does not answer (${reason}).`, {
      file: redactUrl(url),
      remedy: /certificate/i.test(reason)
        ? "Name the certificate of the authority that signed the server's in NODE_EXTRA_CA_CERTS, where Espalier is started."
        : 'Check its address, and that it lets this machine in.',
    });
  } finally {
    clearTimeout(timer);
  }
  return client;
}

/** On which workers are told of runs to end. */
export const cancelChannel = (queue: string): string => `${PREFIX}-cancel:${queue}`;
