import { z } from 'zod';
import { runError } from '../../../../contract/errors.ts';
import type { KeyValue, Metric } from './contents.ts';
import type { Target } from './target.ts';

/** The calls of MLflow's REST API (mlflow.org/docs/latest/rest-api.html, version 2.0) that logging a run takes. */

const API = '/api/2.0/mlflow';
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';

/** Milliseconds until a call is given up, and until a file is. */
const TIMEOUT = 10_000;
const FILE_TIMEOUT = 300_000;

const experimentSchema = z.object({ experiment: z.object({ experiment_id: z.string() }) });
const createdSchema = z.object({ experiment_id: z.string() });
const runSchema = z.object({ info: z.object({ run_id: z.string(), artifact_uri: z.string().default('') }) });
export type ServerRun = z.infer<typeof runSchema>['info'];
const foundSchema = z.object({ runs: z.array(runSchema).default([]) });
const refusalSchema = z.object({ error_code: z.string().default(''), message: z.string().default('') });

export type RunStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';

/** The server cannot be reached, or is not able to answer now: the same may do later. */
export class AwayError extends Error {
  override readonly name = 'AwayError';
}

/** A tracking server. Every call throws an AwayError, or an EspalierError 'mlflow/refused' where it would be in vain again. */
export class MlflowServer {
  readonly url: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor({ url, headers }: Extract<Target, { kind: 'server' }>) {
    this.url = url;
    this.headers = headers;
  }

  /** The id of the experiment of that name, which is made where there is none. */
  async experiment(name: string): Promise<string> {
    const known = await this.byName(name);
    if (known !== undefined) return known;
    const made = await this.post('/experiments/create', { name }, ['RESOURCE_ALREADY_EXISTS']);
    if (made !== undefined) return this.read(createdSchema, made).experiment_id;
    // Another run has just made it.
    const now = await this.byName(name);
    if (now === undefined) throw this.refused(`It has no experiment '${name}', and makes none.`);
    return now;
  }

  private async byName(name: string): Promise<string | undefined> {
    const query = new URLSearchParams({ experiment_name: name }).toString();
    const found = await this.json('GET', `${API}/experiments/get-by-name?${query}`, undefined, [
      'RESOURCE_DOES_NOT_EXIST',
    ]);
    return found === undefined ? undefined : this.read(experimentSchema, found).experiment.experiment_id;
  }

  async create(
    experiment: string,
    name: string,
    startedAt: number,
    tags: readonly KeyValue[],
  ): Promise<ServerRun> {
    const body = { experiment_id: experiment, run_name: name, start_time: startedAt, tags };
    return this.read(z.object({ run: runSchema }), await this.post('/runs/create', body)).run.info;
  }

  /** The run with a tag of that value, where there is one. */
  async find(experiment: string, tag: KeyValue): Promise<ServerRun | undefined> {
    const body = {
      experiment_ids: [experiment],
      filter: `tags.\`${tag.key}\` = '${tag.value}'`,
      max_results: 1,
    };
    return this.read(foundSchema, await this.post('/runs/search', body)).runs[0]?.info;
  }

  async log(
    run: string,
    batch: { metrics?: readonly Metric[]; params?: readonly KeyValue[]; tags?: readonly KeyValue[] },
  ): Promise<void> {
    await this.post('/runs/log-batch', { run_id: run, ...batch });
  }

  async mark(run: string, status: RunStatus, endedAt?: number): Promise<void> {
    await this.post('/runs/update', {
      run_id: run,
      status,
      ...(endedAt !== undefined && { end_time: endedAt }),
    });
  }

  /** @param address as `artifactAddress` gives it */
  async upload(address: string, bytes: Uint8Array): Promise<void> {
    await this.answer(address, {
      method: 'PUT',
      headers: { ...this.headers, 'content-type': 'application/octet-stream' },
      body: new Uint8Array(bytes),
      timeout: FILE_TIMEOUT,
    });
  }

  private post(path: string, body: object, expected: readonly string[] = []): Promise<unknown> {
    return this.json('POST', `${API}${path}`, body, expected);
  }

  /** The answer; undefined for one of the refusals that were expected. */
  private async json(
    method: string,
    path: string,
    body: object | undefined,
    expected: readonly string[],
  ): Promise<unknown> {
    const text = await this.answer(
      `${this.url}${path}`,
      {
        method,
        headers: { ...this.headers, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
        timeout: TIMEOUT,
      },
      expected,
    );
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw this.refused('It answers otherwise than a tracking server does.');
    }
  }

  private async answer(
    address: string,
    { timeout, ...request }: RequestInit & { timeout: number },
    expected: readonly string[] = [],
  ): Promise<string | undefined> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(address, {
        ...request,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
      });
      text = await response.text();
    } catch (error) {
      throw new AwayError(`The tracking server ${this.url} does not answer.`, { cause: error });
    }
    const { status } = response;
    if (status >= 200 && status < 300) return text;
    if (status >= 500 || status === 408 || status === 429)
      throw new AwayError(`The tracking server ${this.url} cannot answer now (HTTP ${status}).`);
    const { error_code: code, message } = refusalOf(text);
    if (expected.includes(code)) return undefined;
    if (status === 401 || status === 403) {
      throw runError(
        'mlflow/credentials',
        `The tracking server ${this.url} lets nothing be written (HTTP ${status}).`,
        {
          remedy:
            'Set MLFLOW_TRACKING_URI to this server, with MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, in the environment.',
        },
      );
    }
    throw this.refused(`It says: ${(message === '' ? `HTTP ${status}` : message).slice(0, 300)}`);
  }

  private read<T>(schema: z.ZodType<T>, value: unknown): T {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw this.refused('It answers otherwise than a tracking server does.');
  }

  private refused(why: string) {
    return runError('mlflow/refused', `The tracking server ${this.url} does not take the run. ${why}`);
  }
}

function refusalOf(text: string): z.infer<typeof refusalSchema> {
  try {
    return refusalSchema.parse(JSON.parse(text));
  } catch {
    return { error_code: '', message: '' };
  }
}

/**
 * Where a server takes a file of a run; undefined where its files lie in a store that only its own programs write to.
 * @param root the run's `artifact_uri`
 */
export function artifactAddress(server: string, root: string, name: string): string | undefined {
  if (!URL.canParse(root)) return undefined;
  const { protocol, host, origin, pathname } = new URL(root);
  const path = [...pathname.split('/'), ...name.split('/')]
    .filter((part) => part !== '')
    .map((part) => encodeURIComponent(decodeURIComponent(part)))
    .join('/');
  const own = new URL(server);
  if (protocol === 'mlflow-artifacts:' && (host === '' || host === own.host))
    return `${server}${ARTIFACTS}/${path}`;
  if (/^https?:$/.test(protocol) && origin === own.origin && pathname.includes(ARTIFACTS))
    return `${origin}/${path}`;
  return undefined;
}
