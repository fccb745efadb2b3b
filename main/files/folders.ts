import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The folder of Espalier's database and runs: ESPALIER_HOME, or the platform's place for an application's data. It may
 * not exist yet.
 */
export function defaultDataFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const { ESPALIER_HOME, XDG_DATA_HOME, APPDATA, LOCALAPPDATA } = environment;
  if (ESPALIER_HOME !== undefined && ESPALIER_HOME !== '') return resolve(ESPALIER_HOME);
  const home = homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Espalier');
  if (platform === 'win32') {
    // A roaming profile is copied over the network at every log-on: runs are too large for it. What lies there already stays.
    const roaming = join(APPDATA ?? join(home, 'AppData', 'Roaming'), 'Espalier');
    if (existsSync(join(roaming, 'espalier.db'))) return roaming;
    return join(LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Espalier');
  }
  return join(XDG_DATA_HOME ?? join(home, '.local', 'share'), 'espalier');
}

/** Where times that were measured on this machine are kept, within a data folder. */
export function speedFolder(dataFolder: string = defaultDataFolder()): string {
  return join(dataFolder, 'speed');
}

/** Where the results of the studio's studies are, a folder each, within a data folder. */
export function studiesFolder(dataFolder: string): string {
  return join(dataFolder, 'studies');
}

/** Where sensitivity analyses of the studio are kept, within a data folder. */
export function sensitivityFolder(dataFolder: string): string {
  return join(dataFolder, 'sensitivity');
}
