/** Which samples are right, in their order: one bit each, the lowest of a byte first. */
export class RightSamples {
  private readonly bytes: number[] = [];
  private count = 0;

  add(right: boolean): void {
    if (this.count % 8 === 0) this.bytes.push(0);
    if (right) this.bytes[this.count >> 3] = (this.bytes[this.count >> 3] ?? 0) | (1 << (this.count & 7));
    this.count++;
  }

  /** As base64. */
  text(): string {
    return Buffer.from(this.bytes).toString('base64');
  }
}
