import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineMessage } from '../../../../main/contract/messages.ts';
import { recipeSchema, type RecipeInput } from '../../../../main/contract/recipe.ts';
import type { Report } from '../../../../main/contract/report.ts';
import { CancelledError, Control } from '../../../../main/engine/base/control.ts';
import { crc32c, record } from '../../../../main/engine/run/logs/tensorboard/records.ts';
import { runSession } from '../../../../main/engine/run/session.ts';
import { curvesOf, maskedCrc, readEvents, records, type ReadEvent } from '../../../support/event-file.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { missingTensorboard, readByTensorboard } from '../../../support/tensorboard.ts';
import { Stop } from '../stop.ts';

const scratch = temporaryFolder();
const missing = missingTensorboard();

const recipe: RecipeInput = {
  name: 'Logged run',
  network: 'lenet-300-100',
  data: { kind: 'digits', train: 320, validation: 100, test: 100 },
  seed: 3,
  dense: { epochs: 2 },
  paradigm: 'magnitude-gradual',
  prune: { epochs: 1 },
  budget: { sparsity: 0.8 },
  export: ['safetensors'],
  logs: ['tensorboard'],
};

function run(folder: string, resume: boolean, control = new Control(), messages: EngineMessage[] = []) {
  return runSession(
    { recipe: recipeSchema.parse(recipe), folder, baseFolder: scratch, device: 'onnxruntime', resume },
    control,
    (message) => messages.push(message),
  );
}

/** The history's curves as event files have them: 32-bit values, seconds of work aside. */
function expected({ history }: Report): Map<string, [number, number][]> {
  const curves = new Map<string, [number, number][]>();
  for (const { name, step, value } of history)
    curves.set(name, [...(curves.get(name) ?? []), [step, Math.fround(value)]]);
  return curves;
}

function measured(events: readonly ReadEvent[]): Map<string, [number, number][]> {
  const curves = curvesOf(events);
  for (const name of curves.keys())
    if (name === 'seconds' || /^(compressed|dense|kept)\//.test(name)) curves.delete(name);
  return curves;
}

describe('records', () => {
  it('have the checksums that RFC 3720 gives as examples', () => {
    const bytes = (value: (i: number) => number) => Uint8Array.from({ length: 32 }, (_, i) => value(i));
    expect(crc32c(bytes(() => 0))).toBe(0x8a9136aa);
    expect(crc32c(bytes(() => 0xff))).toBe(0x62a8ab43);
    expect(crc32c(bytes((i) => i))).toBe(0x46dd794e);
    expect(crc32c(bytes((i) => 31 - i))).toBe(0x113fdb5c);
  });

  it('are read back by a reader of its own, and a changed byte is noticed', () => {
    const parts = [new Uint8Array(), Uint8Array.of(1, 2, 3), Buffer.from('Espalier')];
    const file = Buffer.concat(parts.map((part) => record(part)));
    expect(records(file).map((part) => [...part])).toEqual(parts.map((part) => [...part]));
    expect(file.readUInt32LE(12)).toBe(maskedCrc(new Uint8Array()));
    for (let at = 0; at < file.length; at++) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] as number) ^ 1;
      expect(() => records(changed)).toThrow();
    }
  });
});

describe('a run with a log for TensorBoard', () => {
  const folder = join(scratch, 'whole');
  const events = join(folder, 'tensorboard');
  let report: Report;
  let told: EngineMessage[];
  beforeAll(async () => {
    told = [];
    report = await run(folder, false, new Control(), told);
  });

  it('has every measurement of its history, recipe and result in one event file', () => {
    const read = readEvents(events);
    expect(read[0]?.fileVersion).toBe('brain.Event:2');
    expect(measured(read)).toEqual(expected(report));
    const curves = curvesOf(read);
    expect(curves.get('compressed/accuracy')?.[0]?.[1]).toBe(Math.fround(report.compressed.accuracy));
    expect(curves.get('kept/effective-macs')?.[0]?.[1]).toBe(
      Math.fround(report.compressed.effectiveMacs / (report.dense?.macs ?? NaN)),
    );
    const text = read.flatMap(({ summary }) => summary?.value ?? []).find(({ tag }) => /^recipe/.test(tag));
    expect(Buffer.from(text?.tensor?.stringVal[0] ?? '').toString()).toContain('paradigm: magnitude-gradual');
    expect(text?.metadata?.pluginData.pluginName).toBe('text');
    expect(told.some((message) => message.type === 'log' && message.text.includes(events))).toBe(true);
  });

  it('has measurements at the times at which they were told', () => {
    const times = readEvents(events).map(({ wallTime }) => wallTime);
    expect(Math.min(...times)).toBeGreaterThan(Date.parse('2020-01-01') / 1000);
    expect(Math.max(...times)).toBeLessThanOrEqual(Date.now() / 1000);
    expect(new Set(times).size).toBeGreaterThan(5);
  });

  it.skipIf(missing !== undefined)(
    `is read by TensorBoard itself${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    () => {
      const read = readByTensorboard(events);
      for (const [name, points] of expected(report))
        expect(read.scalars[name]?.map(([step, value]) => [step, value])).toEqual(points);
      expect(read.texts['recipe/text_summary']?.[0]).toContain('paradigm: magnitude-gradual');
      expect(read.texts['result/text_summary']).toEqual([report.verdict]);
      expect(read.hparams).toMatchObject({
        network: 'lenet-300-100',
        'budget.sparsity': 0.8,
        baseline: true,
        seed: 3,
      });
      expect(read.declared.hparams.toSorted()).toEqual(Object.keys(read.hparams).toSorted());
      expect(read.declared.metrics).toContain('compressed/accuracy');
      expect(read.status).toBe('STATUS_SUCCESS');
    },
    120_000,
  );
});

describe('a run that is stopped and gone on with', () => {
  it('leaves one event file without anything twice, whatever was written beyond its checkpoint', async () => {
    const folder = join(scratch, 'resumed');
    const events = join(folder, 'tensorboard');
    await expect(run(folder, false, new Stop(9))).rejects.toThrow(CancelledError);
    const before = readEvents(events);
    expect(measured(before).get('train/loss')?.length).toBeGreaterThan(2);
    // What a process told after its last checkpoint and before it was killed, and half a line.
    const points = join(folder, 'log-points.jsonl');
    const last = readFileSync(points, 'utf8').trim().split('\n').at(-2) ?? '';
    writeFileSync(points, `${readFileSync(points, 'utf8')}${last.replace(/"step":\d+/, '"step":99')}\n{"na`);
    const report = await run(folder, true);
    const after = readEvents(events);
    expect(measured(after)).toEqual(expected(report));
    // What was measured before the break keeps its time.
    const timeOf = (read: readonly ReadEvent[]) =>
      read.find(({ summary }) => summary?.value.some(({ tag }) => tag === 'train/loss'))?.wallTime;
    expect(timeOf(after)).toBe(timeOf(before));
  });

  it('computes the same with a log as without one', async () => {
    const { logs: _logs, ...plain } = recipe;
    const bare = await runSession(
      {
        recipe: recipeSchema.parse(plain),
        folder: join(scratch, 'bare'),
        baseFolder: scratch,
        device: 'onnxruntime',
        resume: false,
      },
      new Control(),
      () => undefined,
    );
    const weights = (name: string) => readFileSync(join(scratch, name, fileOf(bare, 'safetensors')));
    const header = (file: Buffer) => 8 + Number(file.readBigUInt64LE(0));
    const [a, b] = [weights('bare'), weights('whole')];
    expect(a.subarray(header(a)).equals(b.subarray(header(b)))).toBe(true);
    expect(bare.recipe.logs).toBeUndefined();
  });
});

describe('a log that cannot be written', () => {
  it('is given up with a warning, and the run goes on', async () => {
    const folder = join(scratch, 'hindered');
    const messages: EngineMessage[] = [];
    const control = new Control();
    let broken = false;
    const report = await runSession(
      {
        recipe: recipeSchema.parse(recipe),
        folder,
        baseFolder: scratch,
        device: 'onnxruntime',
        resume: false,
      },
      control,
      (message) => {
        messages.push(message);
        if (message.type !== 'metrics' || broken) return;
        broken = true;
        rmSync(join(folder, 'tensorboard'), { recursive: true });
      },
    );
    expect(report.status).toBe('finished');
    const warnings = messages.flatMap((message) =>
      message.type === 'log' && message.level === 'warning' ? [message.text] : [],
    );
    expect(warnings.filter((text) => text.startsWith('The log for TensorBoard is given up'))).toHaveLength(1);
  });
});

function fileOf({ files }: Report, format: string): string {
  const file = files.find((one) => one.format === format);
  if (file === undefined) throw new Error(`no ${format}`);
  return file.path;
}
