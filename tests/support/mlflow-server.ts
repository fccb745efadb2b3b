import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';

/**
 * A stand-in for an MLflow tracking server, for the calls of its REST API that logging takes, strict about what service.proto and
 * mlflow/utils/validation.py allow: unknown fields, names, lengths and sizes are refused, and a parameter does not change.
 */

const name = z
  .string()
  .min(1)
  .max(250)
  .regex(/^[/\w.\- ]*$/)
  .refine((key) => !key.startsWith('/') && !key.split('/').some((part) => /^\.{0,2}$/.test(part)));
const param = z.strictObject({ key: name, value: z.string().max(6000) });
const tag = z.strictObject({ key: name, value: z.string().max(5000) });
const metric = z.strictObject({
  key: name,
  value: z.number(),
  timestamp: z.int().nonnegative(),
  step: z.int(),
});
const status = z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']);
const bodies = {
  'experiments/create': z.strictObject({ name: z.string().min(1).max(500) }),
  'runs/create': z.strictObject({
    experiment_id: z.string(),
    run_name: z.string(),
    start_time: z.int().positive(),
    tags: z.array(tag),
  }),
  'runs/search': z.strictObject({
    experiment_ids: z.array(z.string()),
    filter: z.string().regex(/^tags\.`[\w.]+` = '[^']*'$/),
    max_results: z.int().min(1).max(50_000),
  }),
  'runs/update': z.strictObject({ run_id: z.string(), status, end_time: z.int().optional() }),
  'runs/log-batch': z
    .strictObject({
      run_id: z.string(),
      metrics: z.array(metric).max(1000).default([]),
      params: z.array(param).max(100).default([]),
      tags: z.array(tag).max(100).default([]),
    })
    .refine(({ metrics, params, tags }) => metrics.length + params.length + tags.length <= 1000),
};
type Call = keyof typeof bodies;
type Metric = z.infer<typeof metric>;

export interface StoredRun {
  readonly id: string;
  readonly experiment: string;
  readonly name: string;
  status: string;
  endTime?: number | undefined;
  readonly params: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly metrics: Metric[];
  readonly artifacts: Map<string, Buffer>;
}

class Refusal extends Error {
  readonly code: string;
  readonly http: number;

  constructor(code: string, http: number) {
    super(code);
    this.code = code;
    this.http = http;
  }
}

export class StandInServer {
  readonly experiments = new Map<string, string>();
  readonly runs: StoredRun[] = [];
  /** Every request's method, path and authorization. */
  readonly heard: { readonly what: string; readonly authorization: string | undefined }[] = [];
  /** Answers nothing but HTTP 503 while it is set. */
  away = false;
  /** Does what it is asked, and answers as if it had not, for calls that end so. */
  loses: string | null = null;
  /** What requests must be authorized by. */
  secret: string | undefined;
  /** Where artifacts are said to lie, before the run's path. */
  artifacts = 'mlflow-artifacts:';
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ http, body }) => {
        response.writeHead(http, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
  }

  static async start(): Promise<StandInServer> {
    const stand = new StandInServer();
    await new Promise<void>((resolve) => stand.server.listen(0, '127.0.0.1', resolve));
    return stand;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage): Promise<{ http: number; body: unknown }> {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    this.heard.push({
      what: `${request.method} ${pathname}`,
      authorization: request.headers.authorization,
    });
    const bytes = await buffer(request);
    if (this.away) return { http: 503, body: {} };
    if (this.secret !== undefined && request.headers.authorization !== this.secret)
      return { http: 401, body: {} };
    try {
      const body = this.act(request.method ?? '', pathname, searchParams, bytes);
      if (this.loses !== null && pathname.endsWith(this.loses)) return { http: 503, body: {} };
      return { http: 200, body };
    } catch (error) {
      if (error instanceof Refusal)
        return { http: error.http, body: { error_code: error.code, message: error.message } };
      return { http: 400, body: { error_code: 'INVALID_PARAMETER_VALUE', message: String(error) } };
    }
  }

  private act(method: string, path: string, query: URLSearchParams, bytes: Buffer): unknown {
    const artifact = /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/(\d+)\/(\w+)\/artifacts\/(.+)$/.exec(path);
    if (method === 'PUT' && artifact !== null) {
      this.run(artifact[2] ?? '').artifacts.set(decodeURIComponent(artifact[3] ?? ''), bytes);
      return {};
    }
    const call = path.replace('/api/2.0/mlflow/', '');
    if (method === 'GET' && call === 'experiments/get-by-name') {
      const found = this.experiments.get(query.get('experiment_name') ?? '');
      if (found === undefined) throw new Refusal('RESOURCE_DOES_NOT_EXIST', 404);
      return { experiment: { experiment_id: found, name: query.get('experiment_name') } };
    }
    if (method !== 'POST' || !(call in bodies)) throw new Refusal('ENDPOINT_NOT_FOUND', 404);
    if (bytes.length > 1_000_000) throw new Refusal('INVALID_PARAMETER_VALUE', 400);
    return this.post(call as Call, JSON.parse(bytes.toString()) as unknown);
  }

  private post(call: Call, raw: unknown): unknown {
    switch (call) {
      case 'experiments/create': {
        const body = bodies[call].parse(raw);
        if (this.experiments.has(body.name)) throw new Refusal('RESOURCE_ALREADY_EXISTS', 400);
        const id = String(this.experiments.size + 1);
        this.experiments.set(body.name, id);
        return { experiment_id: id };
      }
      case 'runs/create': {
        const body = bodies[call].parse(raw);
        const run: StoredRun = {
          id: `run${this.runs.length}`,
          experiment: body.experiment_id,
          name: body.run_name,
          status: 'RUNNING',
          params: new Map(),
          tags: new Map(body.tags.map(({ key, value }) => [key, value])),
          metrics: [],
          artifacts: new Map(),
        };
        this.runs.push(run);
        return { run: this.shown(run) };
      }
      case 'runs/search': {
        const { filter } = bodies[call].parse(raw);
        const [, key = '', value] = /`(.+)` = '(.*)'/.exec(filter) ?? [];
        return {
          runs: this.runs.filter(({ tags }) => tags.get(key) === value).map((run) => this.shown(run)),
        };
      }
      case 'runs/update': {
        const body = bodies[call].parse(raw);
        const run = this.run(body.run_id);
        run.status = body.status;
        run.endTime = body.end_time;
        return { run_info: this.shown(run).info };
      }
      case 'runs/log-batch': {
        const body = bodies[call].parse(raw);
        const run = this.run(body.run_id);
        for (const { key, value } of body.params) {
          if ((run.params.get(key) ?? value) !== value) throw new Refusal('INVALID_PARAMETER_VALUE', 400);
          run.params.set(key, value);
        }
        for (const { key, value } of body.tags) run.tags.set(key, value);
        run.metrics.push(...body.metrics);
        return {};
      }
    }
  }

  private run(id: string): StoredRun {
    const found = this.runs.find((run) => run.id === id);
    if (found === undefined) throw new Refusal('RESOURCE_DOES_NOT_EXIST', 404);
    return found;
  }

  private shown({ id, experiment, status: now }: StoredRun) {
    const uri = `${this.artifacts}/${experiment}/${id}/artifacts`;
    return { info: { run_id: id, experiment_id: experiment, status: now, artifact_uri: uri }, data: {} };
  }
}
