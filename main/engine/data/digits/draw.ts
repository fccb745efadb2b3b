import type { Random } from '../../base/random.ts';
import { Canvas, SIDE } from './canvas.ts';
import { glyphs } from './glyphs.ts';
import { trace } from './paths.ts';

/**
 * How much the hand varies. Tuned so that LeNet-300-100, trained for 10 epochs on 10,000 samples, is right for 95 to 99 %
 * of the test part: docs/data.md has the measurement.
 */
const HAND = {
  /** Standard deviation of each control point, in digit heights. */
  jitter: 0.04,
  /** Standard deviation of the rotation, in radians. */
  rotation: 0.15,
  /** Standard deviation of the slant. */
  shear: 0.18,
  /** Height in pixels: mean and half range. */
  height: [17.5, 3],
  /** Width over height, as a factor on the glyph's own. */
  width: [0.92, 0.22],
  /** Standard deviation of the centre's place, in pixels. */
  shift: 1.2,
  /** Largest amplitude of the wobble, in pixels. */
  wobble: 1.2,
  /** Pen radius in pixels: least and greatest. */
  pen: [0.6, 1.75],
  /** Brightness of full ink: least and greatest. */
  ink: [0.6, 1],
  /** Largest blur. */
  blur: 0.5,
  /** Largest standard deviation of a pixel's noise, on the scale of full ink = 1. */
  noise: 0.1,
} as const;

/** Noise is read from a table of normal variates, from a new place for each digit: a draw per pixel would be slow. */
const NOISE_TABLE = 1 << 16;

/** Draws digits one after the other, each 28 x 28 bytes, 0 = paper, 255 = full ink. */
export class DigitPainter {
  private readonly random: Random;
  private readonly canvas = new Canvas();
  private readonly noise = new Float32Array(NOISE_TABLE + SIDE * SIDE);

  constructor(random: Random) {
    this.random = random;
    for (let i = 0; i < this.noise.length; i++) this.noise[i] = random.normal();
  }

  /** Draws one sample of `digit` (0 to 9) into `target`, which has 784 bytes. */
  paint(digit: number, target: Uint8Array): void {
    const { random, canvas } = this;
    const ways = glyphs[digit];
    if (ways === undefined) throw new RangeError(`there is no digit ${digit}`);
    const glyph = ways[random.int(ways.length)] ?? [];
    const place = this.placement();
    const radius = this.between(HAND.pen);
    canvas.clear();
    for (const stroke of glyph) {
      const points = new Float64Array(stroke.points.length * 2);
      for (const [i, [x, y]] of stroke.points.entries()) {
        points[2 * i] = x + HAND.jitter * random.normal();
        points[2 * i + 1] = y + HAND.jitter * random.normal();
      }
      trace(stroke.kind, points, (x0, y0, x1, y1) => {
        canvas.segment(place.x(x0, y0), place.y(x0, y0), place.x(x1, y1), place.y(x1, y1), radius);
      });
    }
    canvas.blur(HAND.blur * random.float());
    this.develop(target);
  }

  /** A random affine map from the glyph's unit box to pixels, with a slow sine wobble added along both axes. */
  private placement(): { x(u: number, v: number): number; y(u: number, v: number): number } {
    const { random } = this;
    const angle = HAND.rotation * random.normal();
    const shear = HAND.shear * random.normal();
    const height = spread(HAND.height, random);
    const width = height * spread(HAND.width, random);
    const centreX = (SIDE - 1) / 2 + HAND.shift * random.normal();
    const centreY = (SIDE - 1) / 2 + HAND.shift * random.normal();
    const wave = () => {
      const amplitude = HAND.wobble * random.float();
      const frequency = 2 + 5 * random.float();
      const phase = 2 * Math.PI * random.float();
      return (t: number) => amplitude * Math.sin(frequency * t + phase);
    };
    const waveX = wave();
    const waveY = wave();
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const along = (u: number, v: number) => (u - 0.5) * width - shear * (v - 0.5) * height;
    const down = (v: number) => (v - 0.5) * height;
    return {
      x: (u, v) => centreX + cos * along(u, v) - sin * down(v) + waveX(v),
      y: (u, v) => centreY + sin * along(u, v) + cos * down(v) + waveY(u),
    };
  }

  /** Brings the ink to bytes: brightness, noise, and the range's ends. */
  private develop(target: Uint8Array): void {
    const { random } = this;
    const brightness = this.between(HAND.ink);
    const noise = HAND.noise * random.float();
    const from = random.int(NOISE_TABLE);
    for (let i = 0; i < target.length; i++) {
      const value = brightness * (this.canvas.ink[i] ?? 0) + noise * (this.noise[from + i] ?? 0);
      target[i] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  }

  private between([least, greatest]: readonly [number, number]): number {
    return least + (greatest - least) * this.random.float();
  }
}

/** Uniform in [mean - half, mean + half]. */
function spread([mean, half]: readonly [number, number], random: Random): number {
  return mean + half * (2 * random.float() - 1);
}
