/** Side of a drawn digit in pixels. */
export const SIDE = 28;

/** A small grey canvas on which strokes are drawn with a round pen. */
export class Canvas {
  /** Ink in [0, 1], row by row. */
  readonly ink = new Float32Array(SIDE * SIDE);
  private readonly scratch = new Float32Array(SIDE * SIDE);

  clear(): void {
    this.ink.fill(0);
  }

  /** Draws a segment in pixel coordinates; the pen has this radius and an edge one pixel soft. Ink does not add up. */
  segment(x0: number, y0: number, x1: number, y1: number, radius: number): void {
    const reach = radius + 0.5;
    const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach));
    const right = Math.min(SIDE - 1, Math.floor(Math.max(x0, x1) + reach));
    const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach));
    const bottom = Math.min(SIDE - 1, Math.floor(Math.max(y0, y1) + reach));
    const dx = x1 - x0;
    const dy = y1 - y0;
    const inverse = 1 / Math.max(dx * dx + dy * dy, 1e-12);
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const px = x - x0;
        const py = y - y0;
        const along = Math.min(1, Math.max(0, (px * dx + py * dy) * inverse));
        const ex = px - along * dx;
        const ey = py - along * dy;
        const squared = ex * ex + ey * ey;
        if (squared >= reach * reach) continue;
        const value = Math.min(1, reach - Math.sqrt(squared));
        const at = y * SIDE + x;
        if (value > (this.ink[at] ?? 0)) this.ink[at] = value;
      }
    }
  }

  /** Blurs by the kernel [amount, 1, amount] / (1 + 2 amount) along both axes; beyond the edge there is no ink. */
  blur(amount: number): void {
    const centre = 1 / (1 + 2 * amount);
    const side = amount * centre;
    const { ink, scratch } = this;
    for (let at = 0; at < ink.length; at++) {
      const x = at % SIDE;
      const before = x > 0 ? (ink[at - 1] ?? 0) : 0;
      const after = x < SIDE - 1 ? (ink[at + 1] ?? 0) : 0;
      scratch[at] = centre * (ink[at] ?? 0) + side * (before + after);
    }
    for (let at = 0; at < ink.length; at++) {
      ink[at] = centre * (scratch[at] ?? 0) + side * ((scratch[at - SIDE] ?? 0) + (scratch[at + SIDE] ?? 0));
    }
  }
}
