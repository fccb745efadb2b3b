import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { projectPath, runInPlace, suitableNode } from './pinned-node.mjs';

/** Opens the studio: in Electron's window where Electron can be had, else the same studio in a browser. */
const FETCH_LIMIT_MS = 60_000;

/** Path of Electron's program, fetching it once where that is possible; undefined where it is not. */
function electronProgram() {
  const require = createRequire(import.meta.url);
  let folder;
  try {
    folder = dirname(require.resolve('electron/package.json'));
  } catch {
    return undefined;
  }
  const installed = () => {
    const name = join(folder, 'path.txt');
    if (!existsSync(name)) return undefined;
    const script = `process.stdout.write(require(${JSON.stringify(folder)}))`;
    const found = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    return found.status === 0 && existsSync(found.stdout) ? found.stdout : undefined;
  };
  const there = installed();
  if (there !== undefined || process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) return there;
  console.log('Fetching Electron (once) ...');
  spawnSync(suitableNode(), [join(folder, 'install.js')], { stdio: 'ignore', timeout: FETCH_LIMIT_MS });
  return installed();
}

const hasScreen = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const electron = hasScreen ? electronProgram() : undefined;
if (electron === undefined) {
  console.log(
    hasScreen
      ? "Electron's program is not here and could not be fetched: the studio opens in your browser instead."
      : 'There is no screen here for a window: the studio is served to a browser instead.',
  );
  runInPlace(suitableNode(), [projectPath('out/main/cli.js'), 'serve', '--open', ...process.argv.slice(2)]);
} else {
  runInPlace(electron, [projectPath('.'), ...process.argv.slice(2)]);
}
