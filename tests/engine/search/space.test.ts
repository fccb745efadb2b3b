import { describe, expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { drawnSpace, spaceOf } from './spaces.ts';

describe('a projection to the budget', () => {
  it('meets it, leaves no step that would fit, keeps widths that groups may have, and changes nothing the second time', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = Random.from(seed, 'projection');
      const space = drawnSpace(random);
      const ratios = space.groups.map(() => random.float());
      const counts = space.project(ratios);
      expect(space.counts(space.ratios(counts)), `seed ${seed}`).toEqual(counts);
      expect(space.project(space.ratios(counts))).toEqual(counts);
      if (!space.fits(space.least())) continue;
      expect(space.fits(counts)).toBe(true);
      expect(space.meets(counts)).toBe(true);
      for (const [g, { units }] of space.groups.entries()) {
        const count = counts[g] ?? 0;
        const wider = Array.from({ length: units - count }, (_, i) => count + i + 1).find(
          (width) => space.counts(space.ratios(counts.with(g, width)))[g] === width,
        );
        if (wider !== undefined) expect(space.fits(counts.with(g, wider)), `seed ${seed}`).toBe(false);
      }
    }
  });

  it('is exact to the unit where every unit costs the same', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = Random.from(seed, 'exact');
      const sizes = Array.from({ length: 1 + random.int(5) }, () => 5 + random.int(500));
      const total = sizes.reduce((sum, units) => sum + units, 0);
      const limit = 0.1 + 0.8 * random.float();
      const space = spaceOf(sizes.map((units) => ({ units })), limit); // prettier-ignore
      const counts = space.project(sizes.map(() => random.float()));
      const kept = counts.reduce((sum, count) => sum + count, 0);
      expect(kept, `seed ${seed}`).toBe(Math.max(sizes.length, Math.floor(limit * total + 1e-9)));
    }
  });

  it('keeps the order of ratios, and everything where the budget takes nothing', () => {
    const space = spaceOf([{ units: 100 }, { units: 100 }, { units: 100 }], 0.5);
    const [a = 0, b = 0, c = 0] = space.project([0.9, 0.5, 0.2]);
    expect(a).toBeGreaterThan(b);
    expect(b).toBeGreaterThan(c);
    expect(a + b + c).toBe(150);
    expect(spaceOf([{ units: 7 }, { units: 9 }], 1).project([0.1, 0.6])).toEqual([7, 9]);
  });
});
