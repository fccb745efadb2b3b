import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { artifactAddress } from '../../../../main/engine/run/logs/mlflow/rest.ts';
import { targetOf } from '../../../../main/engine/run/logs/mlflow/target.ts';

describe('where MLflow is', () => {
  const spec = { kind: 'mlflow', experiment: 'E' } as const;
  const server = 'https://mlflow.example:5000/base/';

  it('is the folder beside the run, what the environment names, or the recipe', () => {
    expect(targetOf(spec, '/runs/mlruns', {})).toEqual({ kind: 'folder', path: '/runs/mlruns' });
    const named = (uri: string) => targetOf(spec, '/x', { MLFLOW_TRACKING_URI: uri });
    expect(named('/data/mlruns')).toEqual({ kind: 'folder', path: '/data/mlruns' });
    expect(named('file:///data/ml%20runs')).toEqual({ kind: 'folder', path: '/data/ml runs' });
    expect(named('file:mlruns')).toEqual({ kind: 'folder', path: join(process.cwd(), 'mlruns') });
    expect(named(server)).toEqual({ kind: 'server', url: 'https://mlflow.example:5000/base', headers: {} });
    expect(() => named('sqlite:///mlflow.db')).toThrow(/neither a tracking server/);
    expect(() => named('databricks')).toThrow(/neither a tracking server/);
  });

  it('gets what shows who writes from the environment, and only the server that the environment names', () => {
    const secrets = { MLFLOW_TRACKING_URI: server, MLFLOW_TRACKING_TOKEN: 't0ken' };
    expect(targetOf(spec, '/x', secrets)).toMatchObject({ headers: { authorization: 'Bearer t0ken' } });
    const basic = { MLFLOW_TRACKING_URI: 'https://ann:p%40ss@mlflow.example' };
    expect(targetOf(spec, '/x', basic)).toEqual({
      kind: 'server',
      url: 'https://mlflow.example',
      headers: { authorization: `Basic ${Buffer.from('ann:p@ss').toString('base64')}` },
    });
    const elsewhere = { ...spec, server: 'https://elsewhere.example' };
    expect(targetOf(elsewhere, '/x', secrets)).toEqual({
      kind: 'server',
      url: 'https://elsewhere.example',
      headers: {},
    });
    expect(targetOf({ ...spec, server }, '/x', secrets)).toMatchObject({
      headers: { authorization: 'Bearer t0ken' },
    });
  });

  it('takes files where the server itself takes them, and nowhere else', () => {
    const base = 'http://127.0.0.1:5000';
    const path = `${base}/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/a%20b.onnx`;
    expect(artifactAddress(base, 'mlflow-artifacts:/1/r/artifacts', 'a b.onnx')).toBe(path);
    expect(artifactAddress(base, 'mlflow-artifacts://127.0.0.1:5000/1/r/artifacts', 'a b.onnx')).toBe(path);
    expect(
      artifactAddress(base, `${base}/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts`, 'a b.onnx'),
    ).toBe(path);
    for (const root of [
      's3://bucket/1',
      'file:///srv/1',
      'mlflow-artifacts://other/1',
      'https://other/1',
      '',
    ])
      expect(artifactAddress(base, root, 'a')).toBeUndefined();
  });
});
