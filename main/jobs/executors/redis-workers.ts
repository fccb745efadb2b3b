import { hostname } from 'node:os';
import type { WorkerFacts } from '../../contract/executors.ts';

/** Before the part of a connection's name that is the worker's own, as BullMQ writes it. */
const OWN = ':w:';

/** What a worker is called on the server: its machine, its version and its process, so that those who look on know it. */
export function workerName(version: string): string {
  return [hostname(), version, String(process.pid)].map(encodeURIComponent).join('/');
}

/**
 * The workers behind connections as the server lists them. A worker has several: the one that waits for runs says nothing while a
 * run is at work, so that the latest word of any of them counts.
 */
export function workersOf(connections: readonly Readonly<Record<string, string>>[]): WorkerFacts[] {
  const workers = Map.groupBy(connections, ({ rawname, addr }) =>
    rawname?.includes(OWN) ? rawname : (addr ?? ''),
  );
  return [...workers].map(([name, own]): WorkerFacts => {
    const words = name.slice(name.indexOf(OWN) + OWN.length).split('/');
    const [host = '', version = null] = name.includes(OWN) ? words.map(decoded) : [];
    const idle = own.map(({ idle }) => Number(idle)).filter((seconds) => seconds >= 0);
    return {
      host: host === '' ? (own[0]?.addr ?? 'unknown') : host,
      version,
      heard: idle.length === 0 ? null : Math.min(...idle),
      state: null,
    };
  });
}

/** A part of a name; what somebody else wrote stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
