import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import type { DeviceSummary } from '../../contract/catalog.ts';
import { toProblem } from '../../contract/errors.ts';
import { formatBytes } from '../../words/format.ts';
import { defaultDataFolder } from '../../files/folders.ts';
import { probeProvider } from '../../jobs/probe.ts';
import { ExitCode } from '../context.ts';
import type { CliContext } from '../context.ts';
import type { CommonOptions } from '../options.ts';
import { withCommonOptions } from '../options.ts';
import type { Verb } from '../verb.ts';

/** One thing that was looked at. */
interface Check {
  readonly name: string;
  /** 'missing' is worth knowing, 'wrong' is a device that `auto` does not take; 'broken' means that Espalier cannot work. */
  readonly state: 'ok' | 'missing' | 'wrong' | 'broken';
  readonly text: string;
}

export const doctor: Verb = (program, context, finish) => {
  const command = program
    .command('doctor')
    .description('look at this machine: what works, how fast, what is missing');
  withCommonOptions(command).action(async (options: CommonOptions) => {
    const devices = await attempt('devices', () => listDevices(context));
    const checks: Check[] = [
      ...(await versionChecks(context)),
      await dataFolderCheck(),
      await onnxruntimeCheck(),
      await databaseCheck(),
      ...('state' in devices ? [devices] : deviceChecks(devices)),
    ];
    const broken = checks.filter(({ state }) => state === 'broken');
    if (options.json) {
      context.stdout.write(`${JSON.stringify({ healthy: broken.length === 0, checks, devices }, null, 2)}\n`);
    } else {
      const table = new Table({
        style: { head: [], border: [], compact: true },
        colWidths: [null, null, 80],
        wordWrap: true,
      });
      table.push(...checks.map(({ state, name, text }) => [state, name, text]));
      const end =
        broken.length === 0
          ? 'Espalier can work here.'
          : `Broken: ${broken.map(({ name }) => name).join(', ')}.`;
      context.stdout.write(`${table.toString()}\n${end}\n`);
    }
    finish(broken.length === 0 ? ExitCode.done : ExitCode.failed);
  });
};

async function listDevices({ startEngine }: CliContext): Promise<DeviceSummary[]> {
  const { listDevices: list } = await import('../../engine/backend/choose.ts');
  return list({ probe: (provider) => probeProvider(startEngine, provider) });
}

async function versionChecks(context: CliContext): Promise<Check[]> {
  const { versions } = await import('../../engine/base/versions.ts');
  const packages = Object.entries(versions()).filter(([name]) => name !== 'espalier' && name !== 'node');
  return [
    { name: 'espalier', state: 'ok', text: `${context.version} in ${context.root}` },
    { name: 'node', state: 'ok', text: `${process.versions.node} (${process.platform} ${process.arch})` },
    {
      name: 'machine',
      state: 'ok',
      text: `${availableParallelism()} threads, ${formatBytes(totalmem())} of memory`,
    },
    { name: 'packages', state: 'ok', text: packages.map((entry) => entry.join(' ')).join(', ') },
  ];
}

/** Writes a file where databases and runs go, and says how much room there is. */
async function dataFolderCheck(): Promise<Check> {
  const folder = defaultDataFolder();
  const found = await attempt('data folder', async () => {
    await mkdir(folder, { recursive: true });
    const probe = join(folder, `.doctor-${process.pid}`);
    await writeFile(probe, 'x');
    await rm(probe);
    const { bavail, bsize } = await statfs(folder);
    return `${folder}, ${formatBytes(bavail * bsize)} free`;
  });
  return typeof found === 'string' ? { name: 'data folder', state: 'ok', text: found } : found;
}

/** A native part may be there and still not load: only a session shows it. */
async function onnxruntimeCheck(): Promise<Check> {
  const found = await attempt('onnx models', async () => {
    const { encodeModel, OnnxType } = await import('../../engine/protobuf/onnx.ts');
    const { OnnxModel } = await import('../../engine/evaluate/onnx-model.ts');
    const model = await OnnxModel.open(
      encodeModel({
        irVersion: 8,
        opsets: [{ domain: '', version: 17 }],
        producer: { name: 'espalier', version: 'doctor' },
        graph: {
          name: 'doctor',
          nodes: [{ opType: 'Neg', inputs: ['x'], outputs: ['y'], attrs: {} }],
          initializers: [],
          inputs: [{ name: 'x', type: OnnxType.float32, dims: ['batch', 2] }],
          outputs: [{ name: 'y', type: OnnxType.float32, dims: ['batch', 2] }],
        },
      }),
      { threads: 1 },
    );
    const { logits } = await model.run(Float32Array.of(1, -2), 1);
    await model.close();
    if (logits[0] !== -1 || logits[1] !== 2)
      throw new Error(`it computes ${logits.join(', ')} instead of -1, 2`);
    return 'onnxruntime loads and computes';
  });
  return typeof found === 'string' ? { name: 'onnx models', state: 'ok', text: found } : found;
}

async function databaseCheck(): Promise<Check> {
  const found = await attempt('database', async () => {
    const { default: Database } = await import('better-sqlite3');
    const database = new Database(':memory:');
    const row = database.prepare('select sqlite_version() as version').get() as { version: string };
    database.close();
    return `SQLite ${row.version}`;
  });
  return typeof found === 'string' ? { name: 'database', state: 'ok', text: found } : found;
}

function deviceChecks(devices: readonly DeviceSummary[]): Check[] {
  const usable = devices.some(({ chosen }) => chosen);
  return [
    ...devices.map(({ id, label, available, checked, note, gflops, chosen }): Check => {
      const speed = gflops === null ? '' : `, ${gflops} GFLOP/s`;
      return {
        name: id,
        state: available && checked ? 'ok' : available ? 'wrong' : 'missing',
        text: `${label}${chosen ? ' (auto takes this one)' : ''}: ${note}${speed}`,
      };
    }),
    ...(usable ? [] : [{ name: 'devices', state: 'broken', text: 'none can be used' } as const]),
  ];
}

/** The result, or a broken check that says what went wrong. */
async function attempt<T>(name: string, work: () => Promise<T>): Promise<T | Check> {
  try {
    return await work();
  } catch (error) {
    return { name, state: 'broken', text: toProblem(error).message.split('\n')[0] ?? '' };
  }
}
