import { spawn, spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A Python with MLflow, if there is one: the one named by MLFLOW_PYTHON, or the one on the path. */
const python = process.env['MLFLOW_PYTHON'] ?? 'python3';

/** Folders are read only when asked for since MLflow has databases by default. */
const environment = {
  ...process.env,
  MLFLOW_ALLOW_FILE_STORE: 'true',
  MLFLOW_DISABLE_TELEMETRY: 'true',
  DO_NOT_TRACK: 'true',
};

/** Why MLflow itself cannot be used here; undefined when it can. */
export function missingMlflow(): string | undefined {
  const { status } = spawnSync(python, ['-c', 'import mlflow'], { timeout: 120_000 });
  return status === 0 ? undefined : `${python} has no MLflow (pip install mlflow)`;
}

/** What MLflow's client finds of the only run of an experiment. */
export interface ReadByMlflow {
  readonly name: string;
  readonly status: string;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Every metric's [step, value, milliseconds since 1970], in order. */
  readonly metrics: Readonly<Record<string, readonly (readonly [number, number, number])[]>>;
  readonly artifacts: readonly string[];
}

const SCRIPT = `
import json, sys
from mlflow.tracking import MlflowClient

client = MlflowClient(tracking_uri=sys.argv[1])
experiment = client.get_experiment_by_name(sys.argv[2])
[run] = client.search_runs([experiment.experiment_id])
metrics = {
    key: [(m.step, m.value, m.timestamp) for m in client.get_metric_history(run.info.run_id, key)]
    for key in run.data.metrics
}
print(json.dumps({
    "name": run.info.run_name,
    "status": run.info.status,
    "params": run.data.params,
    "tags": run.data.tags,
    "metrics": metrics,
    "artifacts": sorted(f.path for f in client.list_artifacts(run.info.run_id)),
}))
`;

/**
 * Has MLflow read a folder or a server.
 * @throws Error with its words when it cannot
 */
export function readByMlflow(uri: string, experiment: string): ReadByMlflow {
  const { status, stdout, stderr } = spawnSync(python, ['-c', SCRIPT, uri, experiment], {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 2 ** 26,
    env: environment,
  });
  if (status !== 0) throw new Error(stderr.trim());
  return JSON.parse(stdout) as ReadByMlflow;
}

/** Starts `mlflow server` on the loopback, with a database and a store of files in `folder`. */
export async function startMlflow(folder: string): Promise<{ url: string; stop: () => void }> {
  const port = await freePort();
  const args = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const stores = ['--backend-store-uri', `sqlite:///${folder}/mlflow.db`, '--artifacts-destination', folder];
  const child = spawn(python, ['-m', 'mlflow', 'server', ...args, ...stores], {
    cwd: folder,
    env: environment,
    stdio: 'ignore',
    detached: true,
  });
  const stop = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid);
  };
  const url = `http://127.0.0.1:${port}`;
  for (let second = 0; second < 120; second++) {
    const up = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return { url, stop };
    await delay(1000);
  }
  stop();
  throw new Error('mlflow server does not come up');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
