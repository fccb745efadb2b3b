import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { timedTwinSchema } from '../../../main/contract/speed.ts';
import { CancelledError, Control } from '../../../main/engine/base/control.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { SpeedCache } from '../../../main/engine/speed/cache.ts';
import { thisMachine } from '../../../main/engine/speed/key.ts';
import { openIn } from '../../../main/engine/speed/open.ts';
import type { Runs } from '../../../main/engine/speed/target.ts';
import { targetOf } from '../../../main/engine/speed/targets/index.ts';
import { twinSpeed, type Timing } from '../../../main/engine/speed/twins.ts';
import { temporaryFolder } from '../../support/folder.ts';

const scratch = temporaryFolder();
let folders = 0;

function model(width: number): Runs {
  const network = new NetworkBuilder('small', [1, 8, 8])
    .conv('a', width)
    .relu()
    .conv('b', 4)
    .relu()
    .flatten()
    .dense('c', 3)
    .build();
  return { network, weights: initialize(network, Random.from(1, 'w')), masks: new Map() };
}

function timing(change: Partial<Timing> = {}): Timing & { readonly folder: string } {
  const folder = join(scratch, String(folders++));
  const call = { batch: 1, threads: 1 };
  const cache = new SpeedCache(folder);
  return { machine: thisMachine(), call, cache, control: new Control(), ...change, folder };
}

describe('the speed of a twin', () => {
  it('is measured once, kept, and taken from there', async () => {
    const how = timing();
    const [whole, twin] = [model(8), model(4)];
    const first = await twinSpeed('onnxruntime', whole, twin, how);
    expect(first).toMatchObject({ target: 'onnxruntime', threads: 1, reused: false });
    expect(first.faster.low).toBeLessThanOrEqual(first.faster.median);
    expect(first.faster.median).toBeCloseTo(first.wholeMs.median / first.ms.median, 9);
    expect(first.layers?.map(({ name }) => name)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
    const again = await twinSpeed('onnxruntime', whole, twin, how);
    expect(again).toEqual({ ...first, reused: true });
    expect((await twinSpeed('onnxruntime', whole, model(5), how)).reused).toBe(false);
    expect((await twinSpeed('onnxruntime', whole, twin, { ...how, again: true })).reused).toBe(false);
  });

  it('is measured again where what was kept is damaged', async () => {
    const how = timing();
    await twinSpeed('wasm', model(8), model(8), how);
    const [file = ''] = readdirSync(how.folder);
    const path = join(how.folder, file);
    expect(timedTwinSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).success).toBe(true);
    for (const damage of ['{"ms":', '{"ms": 1}']) {
      writeFileSync(path, damage);
      expect((await twinSpeed('wasm', model(8), model(8), how)).reused).toBe(false);
    }
  });

  it('is given up when it is cancelled, and nothing is kept', async () => {
    const control = new Control();
    const how = timing({ control });
    control.cancel();
    await expect(twinSpeed('onnxruntime', model(8), model(4), how)).rejects.toThrow(CancelledError);
    expect(await how.cache.read('x', timedTwinSchema)).toBeUndefined();
  });

  it('runs in C where there is a compiler, or says that there is none', async () => {
    const c = targetOf('c');
    const known = await c.version().catch((error: Error) => error);
    if (known instanceof Error) {
      expect(known.message).toMatch(/There is no C compiler/);
      return;
    }
    const opened = await openIn(c, model(4), { batch: 2, threads: 1 });
    expect(await opened.time()).toBeGreaterThan(0);
    await opened.close();
    await expect(opened.time()).rejects.toThrow();
  });
});
