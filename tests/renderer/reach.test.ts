import { describe, expect, it } from 'vitest';
import type { Problem } from '../../main/contract/errors.ts';
import { firstSentence, reachOf } from '../../renderer/text/reach.ts';

const problem = (message: string): Problem => ({ code: 'budget/unreachable', message, kind: 'input' });
const always = () => true;

describe('what is out of reach', () => {
  it('is marked at the methods that it is out of reach for', () => {
    const far = problem('Too far.');
    const found = new Map([
      ['a', null],
      ['b', far],
    ]);
    expect(reachOf(found, always, 'b')).toEqual({ beyond: new Map([['b', far]]), none: null });
  });

  it('is told once, with what the chosen method has to say, where no method that could be chosen comes there', () => {
    const found = new Map([
      ['a', problem('Of a.')],
      ['b', problem('Of b.')],
      ['refused', null],
    ]);
    const reach = reachOf(found, (id) => id !== 'refused', 'b');
    expect(reach).toEqual({ beyond: new Map(), none: problem('Of b.') });
    expect(reachOf(found, (id) => id !== 'refused', 'refused').none).toEqual(problem('Of a.'));
  });

  it('is nothing while nothing is known', () => {
    expect(reachOf(new Map(), always, 'a')).toEqual({ beyond: new Map(), none: null });
  });

  it('has its first sentence on a card, whatever points it has within', () => {
    expect(firstSentence('my.net.onnx keeps at least 25.3 % of it. What cannot leave: fc.')).toBe(
      'my.net.onnx keeps at least 25.3 % of it.',
    );
    expect(firstSentence('No more than this')).toBe('No more than this');
  });
});
