import { describe, expect, it } from 'vitest';
import { elsewhereSchema, NOWHERE, placementSchema } from '../../main/contract/executors.ts';

describe('machines that sweeps may go to', () => {
  it('are read as an earlier version wrote them: without a command of nodes and without threads', () => {
    const { program: _program, threads: _threads, ...before } = NOWHERE;
    expect(elsewhereSchema.parse(before)).toEqual(NOWHERE);
    const key = '0123456789abcdef';
    expect(placementSchema.parse({ ...before, key })).toEqual({ ...NOWHERE, key });
  });

  it.each(['espalier', '/opt/espalier', '/home/ada/node_modules/espalier', ' /srv/a folder/espalier.mjs '])(
    'have nodes start %s',
    (program) => {
      expect(elsewhereSchema.parse({ ...NOWHERE, program }).program).toBe(program.trim());
    },
  );

  it.each([
    '',
    'bin/espalier',
    './espalier',
    'espalier; rm',
    '/a\nb',
    '/x/app.asar',
    '/x/app.asar/out/cli.js',
  ])('never have nodes start %j', (program) => {
    expect(elsewhereSchema.safeParse({ ...NOWHERE, program }).success).toBe(false);
  });

  it.each([0, -1, 1.5, NaN, 1025])('give a run no %d threads', (threads) => {
    const { error } = elsewhereSchema.safeParse({ ...NOWHERE, threads });
    expect(error?.issues[0]?.message).toBe('A run has a whole number of threads, from 1 to 1,024.');
  });
});
