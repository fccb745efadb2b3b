/** How a target sparsity is approached. Adding one is adding a file and a line in `index.ts`. */
export interface Schedule {
  readonly id: string;
  readonly label: string;
  readonly summary: string;
  /** 'between': masks change between trainings, one round each; 'within': while one training goes on. */
  readonly when: 'between' | 'within';
  /**
   * The sparsities to reach, one after the other; the last one is `target` exactly.
   * @param target final sparsity, 0 <= target < 1.
   * @param events how many times the masks are made, at least 1.
   */
  targets(target: number, events: number): number[];
}
