import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { childHost } from '../../main/jobs/child-host.ts';
import { engineEntry } from '../../main/jobs/entry.ts';
import { ask } from '../../main/jobs/query.ts';
import { problemWith } from '../support/problem.ts';

const engine = fileURLToPath(new URL('../support/fake-engine.ts', import.meta.url));
const startEngine = () => childHost(engine);

test('a question gets its answer', async () => {
  const args = { nested: [1, null, 'ü'], big: new Float32Array([1, 2]) };
  expect(await ask(startEngine, 'echo', args)).toEqual(args);
});

test("the engine's problem comes through whole", async () => {
  await expect(ask(startEngine, 'fail', null)).rejects.toEqual(
    problemWith({ code: 'data/missing', file: 'a.csv', kind: 'input' }),
  );
});

test('a process that dies without an answer is reported with its last words', async () => {
  const error = await ask(startEngine, 'die', null).catch((thrown: unknown) => thrown);
  expect(error).toEqual(problemWith({ code: 'query/crashed' }));
  expect(String(error)).toContain('out of luck');
});

test('a question that takes too long is given up, and its process ended', async () => {
  let gone: () => void;
  const exit = new Promise<void>((resolve) => (gone = resolve));
  const start = () => {
    const host = startEngine();
    host.onExit(() => gone());
    return host;
  };
  await expect(ask(start, 'sleep', null, { timeoutMs: 400 })).rejects.toEqual(
    problemWith({ code: 'query/slow' }),
  );
  await exit;
});

test('the real engine answers from its sources', async () => {
  const catalog = await ask(() => childHost(engineEntry()), 'catalog', null);
  expect(catalog).toHaveProperty('paradigms');
  await expect(ask(() => childHost(engineEntry()), 'nonsense', null)).rejects.toEqual(
    problemWith({ kind: 'input' }),
  );
});
