import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The oldest Node that the native packages support. */
const OLDEST = [22, 12];

const root = new URL('../../', import.meta.url);

/** Path of a file of the project. */
export function projectPath(relative) {
  return fileURLToPath(new URL(relative, root));
}

/** The Node to run Espalier with: this one where it is new enough, else the one that was installed beside it. */
export function suitableNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return process.execPath;
  const pinned = projectPath(
    process.platform === 'win32' ? 'node_modules/node/bin/node.exe' : 'node_modules/node/bin/node',
  );
  if (existsSync(pinned)) return pinned;
  console.error(
    `Espalier needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}. Run 'npm ci' in its folder, or install a newer Node.`,
  );
  process.exit(1);
}

/** Runs a program at the same terminal, with the same signals. Resolves to how it ended; both null where it could not be started. */
export function run(program, args, env = process.env) {
  const child = spawn(program, args, { stdio: 'inherit', env });
  // A terminal sends Ctrl-C to both; this one waits for the other's answer.
  const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !terminal) child.kill(signal);
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`Cannot start ${program}: ${error.message}`);
      resolve({ code: null, signal: null });
    });
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** Runs a program in this one's place: as `run`, and with the same exit code. */
export async function runInPlace(program, args, env = process.env) {
  const { code, signal } = await run(program, args, env);
  process.exit(code ?? (signal === 'SIGINT' ? 130 : 1));
}
