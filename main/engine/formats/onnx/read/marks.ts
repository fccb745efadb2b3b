import type { EspalierError } from '../../../../contract/errors.ts';

/** What is known of values beside their shapes, by their names. */
export class Marks {
  private readonly failures = new Map<string, EspalierError>();
  private readonly whole = new Set<string>();

  /** Notes that a value cannot be read: only outputs that depend on it cannot, either. */
  setFailure(name: string, error: EspalierError): void {
    this.failures.set(name, error);
  }

  /** Why a value cannot be read, where that is so. */
  failureOf(name: string): EspalierError | undefined {
    return this.failures.get(name);
  }

  /** Notes that a value holds whole numbers, as an input of bytes does. */
  setWhole(name: string): void {
    this.whole.add(name);
  }

  isWhole(name: string): boolean {
    return this.whole.has(name);
  }
}
