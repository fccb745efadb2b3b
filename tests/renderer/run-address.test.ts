import { expect, test } from 'vitest';
import { parseQuery, stringifyQuery } from 'vue-router';
import { addressOf, choiceOf } from '../../renderer/screens/run-list/address.ts';

const usual = { text: '', states: 'all', tags: [], trash: false, sort: { key: 'created', down: true } };

test('an address says what is not as usual, and is read back', () => {
  expect(choiceOf({})).toEqual(usual);
  expect(addressOf(choiceOf({}))).toEqual({});
  const choice = {
    text: 'two words',
    states: 'live',
    tags: ['a b', 'c'],
    trash: true,
    sort: { key: 'accuracy', down: false },
  } as const;
  const address = addressOf({ ...choice, tags: [...choice.tags] });
  expect(choiceOf(parseQuery(stringifyQuery(address)))).toEqual(choice);
});

test('what an address says wrongly is as usual', () => {
  const wrong = {
    text: ['x', 'y'],
    state: 'no such',
    tags: `,${'x'.repeat(41)}, ok`,
    trash: 'yes',
    sort: '__proto__',
  };
  expect(choiceOf(wrong)).toEqual({ ...usual, tags: ['ok'] });
  expect(choiceOf({ text: 'x'.repeat(600) }).text).toHaveLength(500);
});
