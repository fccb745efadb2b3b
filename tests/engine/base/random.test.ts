import { describe, expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';

describe('Random', () => {
  it('follows the published step of xoshiro128**', () => {
    // By hand from the definition: state (1, 2, 3, 4) gives rotl(2 * 5, 7) * 9 = 11520; the next state is (7, 0, 1026, 12288).
    const random = Random.resume({ words: [1, 2, 3, 4], spare: null });
    expect(random.bits()).toBe(11520);
    expect(random.state().words).toEqual([7, 0, 1026, 12288]);
    expect(random.bits()).toBe(0);
    expect(random.bits()).toBe(5927040);
  });

  it('fills arrays with what single draws would give, and goes on from there', () => {
    const [filling, drawing] = [Random.from(3, 'fill'), Random.from(3, 'fill')];
    const filled = new Float32Array(1000);
    filling.fill(filled);
    filled.forEach((value) => expect(value).toBe(drawing.float()));
    expect(filling.state()).toEqual(drawing.state());
  });

  it('gives the same sequence for the same seed and label, another one otherwise', () => {
    const draw = (random: Random) => Array.from({ length: 50 }, () => random.bits());
    expect(draw(Random.from(1, 'weights'))).toEqual(draw(Random.from(1, 'weights')));
    expect(draw(Random.from(1, 'weights'))).not.toEqual(draw(Random.from(1, 'data')));
    expect(draw(Random.from(1, 'weights'))).not.toEqual(draw(Random.from(2, 'weights')));
  });

  it('goes on after a state went through JSON, also between the two halves of a normal pair', () => {
    const random = Random.from(7, 'a');
    random.normal();
    const copy = Random.resume(JSON.parse(JSON.stringify(random.state())) as ReturnType<Random['state']>);
    const next = (source: Random) => [source.normal(), source.normal(), source.float(), source.int(10)];
    expect(next(copy)).toEqual(next(random));
  });

  it('refuses the state from which the generator never moves', () => {
    expect(() => Random.resume({ words: [0, 0, 0, 0], spare: null })).toThrow(RangeError);
  });

  it('has uniform floats below 1 even as float32', () => {
    const random = Random.from(3, 'float');
    const values = Float32Array.from({ length: 100_000 }, () => random.float());
    let sum = 0;
    let squares = 0;
    for (const value of values) {
      sum += value;
      squares += value * value;
    }
    expect(Math.max(...values.slice(0, 1000))).toBeLessThan(1);
    expect(sum / values.length).toBeCloseTo(1 / 2, 2);
    expect(squares / values.length).toBeCloseTo(1 / 3, 2);
  });

  it('has normal variates with mean 0, variance 1 and fourth moment 3', () => {
    const random = Random.from(4, 'normal');
    const n = 200_000;
    const moments = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const z = random.normal();
      for (let power = 1; power <= 4; power++)
        moments[power - 1] = (moments[power - 1] ?? 0) + z ** power / n;
    }
    expect(Math.abs(moments[0] ?? 9)).toBeLessThan(0.01);
    expect(moments[1]).toBeCloseTo(1, 1);
    expect(Math.abs((moments[3] ?? 9) - 3)).toBeLessThan(0.1);
  });

  it('draws every integer below n equally often (chi square)', () => {
    const random = Random.from(5, 'int');
    const n = 12;
    const draws = 120_000;
    const counts = new Array<number>(n).fill(0);
    for (let i = 0; i < draws; i++) {
      const value = random.int(n);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    const expected = draws / n;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(31.3); // 99.9 % quantile at 11 degrees of freedom
  });

  it('shuffles to a permutation, each position equally likely', () => {
    const random = Random.from(6, 'shuffle');
    const counts = new Array<number>(25).fill(0);
    for (let round = 0; round < 10_000; round++) {
      const order = random.shuffle(Int32Array.from([0, 1, 2, 3, 4]));
      expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
      order.forEach((item, place) => {
        counts[item * 5 + place] = (counts[item * 5 + place] ?? 0) + 1;
      });
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});
