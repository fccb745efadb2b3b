/** A node's box, in the units of the drawing. */
export const BOX = { width: 168, height: 44 } as const;
/** Between one row of boxes and the next. */
export const ROW_GAP = 30;

export interface Point {
  readonly x: number;
  readonly y: number;
}
/** Where everything is: boxes by their centre, edges by the points that they run through. */
export interface GraphLayout {
  readonly nodes: readonly Point[];
  readonly edges: readonly (readonly Point[])[];
}
export type Edge = readonly [number, number];
