import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import type { ElectronApplication } from 'playwright-core';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Electron's program on this machine, or null. Asking the package itself would try to fetch it. */
function programPath(): string | null {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(root, 'node_modules/electron/dist');
  const name = join(root, 'node_modules/electron/path.txt');
  if (!existsSync(name)) return null;
  const path = join(folder, readFileSync(name, 'utf8').trim());
  return existsSync(path) ? path : null;
}

const electronProgram = programPath();

const hasScreen =
  process.platform !== 'linux' ||
  process.env['DISPLAY'] !== undefined ||
  process.env['WAYLAND_DISPLAY'] !== undefined;

/** Why these tests cannot run here, with the remedy; null where they can. */
export const obstacle =
  electronProgram === null
    ? "Electron's program is not here: fetch it with npx install-electron"
    : !existsSync(join(root, 'out/main/index.js'))
      ? 'the app has not been built: npm run build'
      : !hasScreen
        ? 'there is no screen: run under xvfb-run'
        : null;

/** Starts the built app on a data folder of its own. */
export async function launchApp(dataFolder: string): Promise<ElectronApplication> {
  if (electronProgram === null) throw new Error(obstacle ?? '');
  // Chromium's sandbox cannot be had as root, which is who containers run as.
  const unsandboxed = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return _electron.launch({
    executablePath: electronProgram,
    args: [root, ...unsandboxed],
    env: { ...(process.env as Record<string, string>), ESPALIER_HOME: dataFolder },
  });
}
