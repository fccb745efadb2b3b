import type { DeviceSummary } from '../../contract/catalog.ts';
import { inputError } from '../../contract/errors.ts';
import type { Backend } from './backend.ts';
import { defaultThreads, type Device, type DeviceOptions, devices } from './devices.ts';
import { firstLine } from './first-line.ts';
import { tryProvider, type ProviderProbe } from './provider.ts';
import { difference, LARGE, probeLosses, probeSpeed, SMALL } from './probe.ts';

/** Losses of a device may differ from plain JavaScript's by this much, relatively. */
const TOLERANCE = 1e-3;
const BUDGET_MS = 500;

export interface BackendChoice {
  /** An entry of `devices`, or 'auto': the fastest that computes rightly. */
  readonly device: string;
  /** Threads for devices that take a number; all cores when left out. Results are reproducible for one number of them. */
  readonly threads?: number;
  /** How execution providers are tried; in this process when left out. */
  readonly probe?: ProviderProbe;
}

/**
 * Starts the numerics. One backend is active in a process.
 * @throws EspalierError 'device/unknown' or 'device/unavailable'
 */
export async function openBackend({
  device,
  threads = defaultThreads(),
  probe = tryProvider,
}: BackendChoice): Promise<Backend> {
  const options = { threads, probe };
  if (device === 'auto') return openFastest(options);
  const found = devices.find(({ id }) => id === device);
  if (found === undefined) {
    const known = ['auto', ...devices.map(({ id }) => id)].join(', ');
    throw inputError('device/unknown', `There is no device '${device}'.`, {
      field: 'device',
      remedy: `Choose one of: ${known}.`,
    });
  }
  try {
    return await found.open(options);
  } catch (error) {
    throw inputError(
      'device/unavailable',
      `The device '${device}' cannot be used here: ${firstLine(error)}`,
      {
        field: 'device',
        remedy: "Choose 'auto', or one that can: the studio's settings and 'espalier doctor' list them.",
      },
    );
  }
}

async function openFastest(options: DeviceOptions): Promise<Backend> {
  const summaries = await examine(devices.filter(({ automatic }) => automatic), options); // prettier-ignore
  const chosen = summaries.find(({ chosen }) => chosen);
  return openBackend({ ...options, device: chosen?.id ?? 'onnxruntime' });
}

/** Every device, whether it can be used, whether its numbers are right, how fast it is, and which one 'auto' takes. */
export async function listDevices({
  threads = defaultThreads(),
  probe = tryProvider,
}: Partial<DeviceOptions> = {}): Promise<DeviceSummary[]> {
  return examine(devices, { threads, probe });
}

async function examine(candidates: readonly Device[], options: DeviceOptions): Promise<DeviceSummary[]> {
  const reference = await withDevice(deviceOf('cpu'), options, probeLosses);
  const summaries: DeviceSummary[] = [];
  for (const device of candidates) summaries.push(await summarize(device, options, reference));
  let fastest: DeviceSummary | undefined;
  for (const each of summaries) {
    if (!each.checked || !deviceOf(each.id).automatic) continue;
    if ((each.gflops ?? 0) > (fastest?.gflops ?? 0)) fastest = each;
  }
  return summaries.map((each) => ({ ...each, chosen: each === fastest }));
}

async function summarize(
  device: Device,
  options: DeviceOptions,
  reference: readonly number[],
): Promise<DeviceSummary> {
  const { id, label } = device;
  try {
    return await withDevice(device, options, async (backend) => {
      const error = difference(reference, await probeLosses(backend));
      const checked = error <= TOLERANCE;
      const verdict = checked ? 'agrees' : 'does NOT agree';
      const note = `${verdict} with plain JavaScript (losses differ by ${error.toExponential(1)})`;
      const speed = await probeSpeed(backend, device.slow === true ? SMALL : LARGE, BUDGET_MS);
      const gflops = Number(speed.toPrecision(3));
      return { id, label, available: true, note, checked, gflops, chosen: false };
    });
  } catch (error) {
    return {
      id,
      label,
      available: false,
      note: firstLine(error),
      checked: false,
      gflops: null,
      chosen: false,
    };
  }
}

async function withDevice<T>(
  device: Device,
  options: DeviceOptions,
  use: (backend: Backend) => Promise<T>,
): Promise<T> {
  const backend = await device.open(options);
  try {
    return await use(backend);
  } finally {
    await backend.dispose();
  }
}

function deviceOf(id: string): Device {
  const device = devices.find((each) => each.id === id);
  if (device === undefined) throw new Error(`no device '${id}'`);
  return device;
}
