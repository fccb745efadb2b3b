import { constants } from 'node:os';

/** Why Electron says that a process is gone. */
type GoneReason = Electron.Details['reason'];

/**
 * How a process ended, in the terms of a child process: an exit code, or what ended it. Both null: it never came up.
 * @param code on Linux and macOS an exit code or the number of a signal, on Windows an exit code or an exception's
 */
export function endOf(
  reason: GoneReason,
  code: number,
  platform: NodeJS.Platform = process.platform,
): { readonly code: number | null; readonly signal: string | null } {
  switch (reason) {
    case 'clean-exit':
    case 'abnormal-exit':
      return { code, signal: null };
    case 'killed':
      return { code: null, signal: 'SIGKILL' };
    case 'oom':
    case 'memory-eviction':
      return { code: null, signal: 'out of memory' };
    case 'launch-failed':
      return { code: null, signal: null };
    case 'crashed':
    case 'integrity-failure':
      return { code, signal: crash(code, platform) };
  }
}

function crash(code: number, platform: NodeJS.Platform): string {
  if (platform === 'win32') return `a crash, 0x${(code >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
  const found = Object.entries(constants.signals).find(([, number]) => number === (code & 0x7f));
  return found?.[0] ?? `a crash, code ${code}`;
}
