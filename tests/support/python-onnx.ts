import { spawnSync } from 'node:child_process';

/** The system's Python: the packaged onnx library belongs to it, whatever else is on the path. */
const PYTHON = '/usr/bin/python3';

/** Why Python's onnx library cannot be used here; undefined when it can. */
export function missingPythonOnnx(): string | undefined {
  const { status } = spawnSync(PYTHON, ['-c', 'import onnx'], { timeout: 30_000 });
  return status === 0 ? undefined : `${PYTHON} has no onnx library (apt install python3-onnx)`;
}

/** Runs a script with arguments and returns what it prints. @throws Error with its error output when it fails */
export function runPython(script: string, args: readonly string[] = []): string {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', script, ...args], {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(stderr.trim());
  return stdout;
}
