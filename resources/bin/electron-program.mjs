import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { suitableNode } from './pinned-node.mjs';

/** A fetch that brings nothing for so long is given up: a firewall may swallow it without a word. */
const SILENCE_MS = 30_000;
/** After a fetch that failed, no start waits for another one until a day later. */
const RETRY_MS = 24 * 60 * 60 * 1000;

/** Path of Electron's program, fetching it once where that is possible; undefined where it is not. */
export async function electronProgram() {
  let folder;
  try {
    folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return undefined;
  }
  const there = installedProgram(folder);
  if (there !== undefined || process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) return there;
  const failed = join(folder, 'fetch-failed');
  if (existsSync(failed) && Date.now() - statSync(failed).mtimeMs < RETRY_MS) {
    console.log(`Electron could not be fetched before. To try again today, delete ${failed}`);
    return undefined;
  }
  console.log('Fetching Electron (once, more than 100 MB) ...');
  await fetchElectron(folder);
  const fetched = installedProgram(folder);
  if (fetched === undefined) writeFileSync(failed, '');
  else rmSync(failed, { force: true });
  return fetched;
}

/** As the package itself finds its program, without fetching it. */
function installedProgram(folder) {
  const name = join(folder, 'path.txt');
  if (!existsSync(name)) return undefined;
  const place = process.env.ELECTRON_OVERRIDE_DIST_PATH || join(folder, 'dist');
  const program = join(place, readFileSync(name, 'utf8').trim());
  return existsSync(program) ? program : undefined;
}

/**
 * Runs the package's own script. However slow the line is, it is waited for as long as anything arrives, which the script keeps below
 * the folder for temporary files before it unpacks it.
 */
export async function fetchElectron(folder, silenceMs = SILENCE_MS) {
  const scratch = mkdtempSync(join(tmpdir(), 'espalier-electron-'));
  const child = spawn(suitableNode(), [join(folder, 'install.js')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TMPDIR: scratch, TMP: scratch, TEMP: scratch },
  });
  let bytes = 0;
  let since = Date.now();
  const watch = setInterval(
    () => {
      const now = bytesBelow(scratch) + bytesBelow(join(folder, 'dist'));
      if (now !== bytes) since = Date.now();
      bytes = now;
      if (Date.now() - since < silenceMs) return;
      console.log(`Nothing has arrived for ${silenceMs / 1000} s.`);
      child.kill('SIGKILL');
    },
    Math.min(1_000, silenceMs / 4),
  );
  await new Promise((done) => {
    child.on('error', done);
    child.on('close', done);
  });
  clearInterval(watch);
  rmSync(scratch, { recursive: true, force: true });
}

function bytesBelow(folder) {
  let sum = 0;
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) sum += statSync(join(entry.parentPath, entry.name)).size;
    }
  } catch {
    // A file has gone in the meantime: the next look sees what there is then.
  }
  return sum;
}

/** Why Chromium's sandbox cannot be had on this machine, in a sentence; undefined where nothing speaks against it. */
export function sandboxObstacle(program) {
  if (process.platform !== 'linux') return undefined;
  if (process.getuid?.() === 0) return "Chromium's sandbox cannot be had as root.";
  const helper = join(dirname(program), 'chrome-sandbox');
  const facts = statSync(helper, { throwIfNoEntry: false });
  if (facts?.uid === 0 && (facts.mode & 0o7777) === 0o4755) return undefined;
  const forbids =
    setting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1' ||
    setting('/proc/sys/kernel/unprivileged_userns_clone') === '0';
  if (!forbids) return undefined;
  return `This system forbids unprivileged user namespaces, which Chromium's sandbox needs here. Either install the .deb, or let ${helper} belong to root with mode 4755.`;
}

function setting(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
