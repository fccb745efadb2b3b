import type { Axis, Coupler } from './coupler.ts';

/**
 * Every axis of an output is that of an input.
 * @param how 'zeros and constants': a function of each index by itself that keeps zero; 'constants': one that does not;
 * 'indices': what is at one depends on what is at others
 */
export function passAxes(
  c: Coupler,
  how: 'zeros and constants' | 'constants' | 'indices',
  except: readonly number[] = [],
): void {
  for (let axis = 1; axis < c.rank(0); axis++) {
    if (except.includes(axis)) continue;
    const [from, to] = [c.input(axis), c.output(axis)];
    c.same(from, to);
    if (how === 'zeros and constants') c.passes(to, from);
    else if (how === 'constants') c.constants(to, [from]);
  }
}

/** An output has the numbers of its input, where they were. */
export function passAll(c: Coupler): void {
  passAxes(c, 'zeros and constants');
  for (let axis = 1; axis < c.rank(0); axis++) if (c.areShares(c.input(axis))) c.shares(c.output(axis));
}

/** Rows and columns of images: they stay. */
export function positions(c: Coupler, ...axes: readonly number[]): void {
  for (const axis of axes) {
    c.position(c.input(axis));
    c.position(c.output(axis));
  }
}

/** Channels pass; rows and columns are pixels. */
export function passChannels(c: Coupler): void {
  passAxes(c, 'zeros and constants', [2, 3]);
  positions(c, 2, 3);
}

/** The bias of weighted channels, where there is one. What has no weights and no bias is zero. */
export function coupleBias(c: Coupler, weights: Axis, channels: number): void {
  if (!c.has('bias')) c.zeros(c.output(channels), [weights]);
  else {
    const bias = c.param('bias', 0);
    c.same(bias, c.output(channels));
    c.side(bias, 'makes');
    c.zeros(c.output(channels), [weights, bias]);
  }
}

/** The same values in another shape. */
export function coupleReshape(c: Coupler): void {
  const axes = (rank: number, of: (axis: number) => Axis) =>
    Array.from({ length: rank - 1 }, (_, i) => of(i + 1));
  c.reshaped(
    axes(c.rank(0), (axis) => c.input(axis)),
    axes(c.outputRank(0), (axis) => c.output(axis)),
  );
}
