import { electronProgram, sandboxObstacle } from './electron-program.mjs';
import { projectPath, run, runInPlace, suitableNode } from './pinned-node.mjs';

/** Opens the studio: in Electron's window where Electron can be had and can start, else the same studio in a browser. */

/** Electron that ends badly within this time has not come up; a window that was used has. */
const SHORT_LIFE_MS = 10_000;

const given = process.argv.slice(2);

function serve(reason, args = given) {
  console.log(`${reason} The studio opens in your browser instead.`);
  runInPlace(suitableNode(), [projectPath('out/main/cli.js'), 'serve', '--open', ...args]);
}

async function start() {
  const hasScreen =
    process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
  if (!hasScreen) return serve('There is no screen here for a window.');
  const program = await electronProgram();
  if (program === undefined) return serve("Electron's program is not here and could not be fetched.");
  // Whoever gives up the sandbox does so himself.
  const obstacle = given.includes('--no-sandbox') ? undefined : sandboxObstacle(program);
  if (obstacle !== undefined && process.getuid?.() === 0) return serve(obstacle, []);

  // Set in the terminals of some editors: Electron would start as Node.js.
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  const begin = Date.now();
  const { code, signal } = await run(program, [projectPath('.'), ...given], env);
  const byPerson = code === 0 || ['SIGINT', 'SIGTERM', 'SIGHUP'].includes(signal);
  if (byPerson || Date.now() - begin > SHORT_LIFE_MS) process.exit(code ?? (signal === 'SIGINT' ? 130 : 1));
  const how = signal ?? (code === null ? 'it could not be started' : `exit code ${code}`);
  serve(`Electron could not open a window (${how}).${obstacle === undefined ? '' : ` ${obstacle}`}`, []);
}

await start();
