import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder of Espalier's database and runs: ESPALIER_HOME, or the platform's place for an application's data. It may
 * not exist yet.
 */
export function defaultDataFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const { ESPALIER_HOME, XDG_DATA_HOME, APPDATA } = environment;
  if (ESPALIER_HOME !== undefined && ESPALIER_HOME !== '') return ESPALIER_HOME;
  const home = homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Espalier');
  if (platform === 'win32') return join(APPDATA ?? join(home, 'AppData', 'Roaming'), 'Espalier');
  return join(XDG_DATA_HOME ?? join(home, '.local', 'share'), 'espalier');
}
