import { expect, test, vi } from 'vitest';
import { api, settingsSchema } from '../../main/contract/api.ts';
import { replySchema } from '../../main/contract/bridge.ts';
import { inputError } from '../../main/contract/errors.ts';
import { createRouter, guarded } from '../../main/ipc/router.ts';
import type { RouterOptions } from '../../main/ipc/router.ts';

const project = { id: 1, name: 'p', createdAt: 'now', runs: 0 };

/** A router whose handlers all refuse, but for those given. */
function routerWith(handlers: Partial<RouterOptions['handlers']>, explain?: RouterOptions['explain']) {
  const refuse = () => {
    throw new Error('not part of this test');
  };
  const all = Object.fromEntries(Object.keys(api).map((name) => [name, refuse]));
  return createRouter({ handlers: { ...all, ...handlers } as RouterOptions['handlers'], explain });
}

test('a handler gets checked arguments, the caller a checked result without anything else', async () => {
  const create = vi.fn(() => ({ ...project, secret: 'x' }));
  const route = routerWith({ 'projects.create': create });
  expect(await route('projects.create', { name: '  p ' })).toEqual({ ok: true, result: project });
  expect(create).toHaveBeenCalledWith({ name: 'p' });
});

test.each([
  ['projects.create', { name: '' }, 'name'],
  ['projects.create', { name: 'p', more: 1 }, undefined],
  ['projects.create', null, undefined],
  ['runs.get', { id: '1' }, 'id'],
  [
    'runs.start',
    { projectId: 1, recipe: { network: 'a', data: 'digits', paradigm: 'x', budget: { sparsity: 2 } } },
    'recipe.budget.sparsity',
  ],
])('%s with %j is refused, naming the field', async (name, args, field) => {
  const reply = await routerWith({})(name, args);
  expect(reply).toMatchObject({ ok: false, problem: { code: 'api/invalid-arguments', kind: 'input' } });
  expect(reply.ok ? undefined : reply.problem.field).toBe(field);
});

test.each(['projects', 'projects.', 'toString', '__proto__', 'constructor', '', 7, null, undefined])(
  'there is no call %j',
  async (name) => {
    expect(await routerWith({})(name, null)).toMatchObject({ ok: false, problem: { code: 'api/unknown' } });
  },
);

test('problems come through whole, other errors in the words given to them', async () => {
  const problem = inputError('a/b', 'message', { file: 'f', field: 'g', remedy: 'r' });
  const throwing = (error: unknown) => ({
    'settings.get': () => {
      throw error;
    },
  });
  expect(await routerWith(throwing(problem))('settings.get', null)).toEqual({
    ok: false,
    problem: problem.problem,
  });
  const bug = await routerWith(throwing(new TypeError('oops')))('settings.get', null);
  expect(bug).toMatchObject({ ok: false, problem: { code: 'internal/bug', message: 'oops' } });
  expect(JSON.stringify(bug)).not.toContain('router.test');
  const explained = routerWith(throwing(new Error('x')), () => ({ code: 'c/d', message: 'm', kind: 'run' }));
  expect(await explained('settings.get', null)).toMatchObject({ ok: false, problem: { code: 'c/d' } });
});

test('a result that does not fit is a bug of ours, not passed on', async () => {
  const route = routerWith({ 'settings.get': () => ({ theme: 'pink', device: 1 }) as never });
  const reply = await route('settings.get', null);
  expect(reply).toMatchObject({ ok: false, problem: { code: 'internal/bug' } });
  expect(replySchema.safeParse(reply).success).toBe(true);
});

test('a sender that fails the check never reaches a handler', async () => {
  const get = vi.fn(() => settingsSchema.parse({ theme: 'dark' }));
  const route = guarded((sender: string) => sender === 'friend', routerWith({ 'settings.get': get }));
  expect(await route('stranger', 'settings.get', null)).toMatchObject({
    ok: false,
    problem: { code: 'api/sender' },
  });
  expect(get).not.toHaveBeenCalled();
  expect(await route('friend', 'settings.get', null)).toMatchObject({ ok: true });
});
