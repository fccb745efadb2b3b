import { expect, test } from 'vitest';
import { Places, Queue } from '../../main/jobs/queue.ts';

function recorded(places: number) {
  const begun: number[] = [];
  return { begun, queue: new Queue(places, (id) => begun.push(id)) };
}

test('one after the other, first come, first served', () => {
  const { begun, queue } = recorded(1);
  for (const id of [5, 3, 9]) queue.add(id);
  expect(begun).toEqual([5]);
  queue.release(9);
  expect(begun).toEqual([5]);
  queue.release(5);
  expect(begun).toEqual([5, 3]);
  queue.release(3);
  queue.release(9);
  expect(begun).toEqual([5, 3, 9]);
  queue.add(5);
  expect(begun).toEqual([5, 3, 9, 5]);
});

test('who withdraws is passed over; who has begun cannot withdraw', () => {
  const { begun, queue } = recorded(2);
  for (const id of [1, 2, 3, 4]) queue.add(id);
  expect(queue.withdraw(3)).toBe(true);
  expect(queue.withdraw(3)).toBe(false);
  expect(queue.withdraw(1)).toBe(false);
  queue.release(2);
  expect(begun).toEqual([1, 2, 4]);
});

test('nobody queues twice', () => {
  const { queue } = recorded(1);
  queue.add(1);
  queue.add(2);
  expect(() => queue.add(1)).toThrow();
  expect(() => queue.add(2)).toThrow();
});

test('a closed queue begins nothing', () => {
  const { begun, queue } = recorded(1);
  queue.add(1);
  queue.add(2);
  queue.close();
  queue.release(1);
  expect(begun).toEqual([1]);
});

test('queues that share places are one line, and equal ids of two are not taken for each other', () => {
  const begun: string[] = [];
  const places = new Places(1);
  const [runs, studies] = ['run', 'study'].map(
    (kind) => new Queue(places, (id) => begun.push(`${kind} ${id}`)),
  ) as [Queue, Queue];
  runs.add(1);
  studies.add(1);
  runs.add(2);
  studies.add(2);
  expect(begun).toEqual(['run 1']);
  studies.release(1);
  expect(begun).toEqual(['run 1']);
  runs.release(1);
  expect(begun).toEqual(['run 1', 'study 1']);
  expect(runs.withdraw(2)).toBe(true);
  studies.release(1);
  expect(begun).toEqual(['run 1', 'study 1', 'study 2']);
});

test('a queue that closes leaves the places to the others', () => {
  const begun: string[] = [];
  const places = new Places(1);
  const first = new Queue(places, (id) => begun.push(`first ${id}`));
  const second = new Queue(places, (id) => begun.push(`second ${id}`));
  first.add(1);
  first.add(2);
  second.add(3);
  first.close();
  first.release(1);
  expect(begun).toEqual(['first 1', 'second 3']);
});
