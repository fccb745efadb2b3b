/** Runs of one series at one budget; the series 'dense' is the dense network of the grid's runs. */
export interface Place {
  readonly grid: string;
  readonly series: string;
  /** The share that goes of what the grid's budget is of; none for the dense network, 0 for one that was trained longer. */
  readonly budget?: number;
  /** The best validation accuracy after any epoch of the last training, in place of the test accuracy of the last weights. */
  readonly best?: boolean;
}

interface CheckBase {
  /** In words, as a row of the table. */
  readonly what: string;
  /** What others found, with its source. */
  readonly published?: string;
  /** Said where it does not come out as expected: what may be the reason and what was tried. */
  readonly otherwise?: string;
}

interface ComparisonBase extends CheckBase {
  /**
   * The dense network with as many epochs as the longer training of the two. Without it, there is no verdict on trainings of
   * different lengths.
   */
  readonly longer?: Place;
}

/** What is expected of the runs. Accuracies and their differences are fractions; differences are paired by seed. */
export type Check =
  | (CheckBase & { readonly kind: 'at-least'; readonly of: Place; readonly accuracy: number })
  /** Stands beside a published number; there is no band. */
  | (CheckBase & { readonly kind: 'beside'; readonly of: Place })
  /** The first is more accurate than the second, by more than `gap` (a fraction). */
  | (ComparisonBase & {
      readonly kind: 'above';
      readonly of: Place;
      readonly than: Place;
      readonly gap?: number;
    })
  /** The first is not less accurate than the second by more than `margin`. */
  | (ComparisonBase & {
      readonly kind: 'matches';
      readonly of: Place;
      readonly with: Place;
      readonly margin: number;
    })
  | (CheckBase & { readonly kind: 'empties'; readonly of: Place; readonly expected: boolean });

/** A part of the document: grids whose tables it shows, and what they are held against. */
export interface Section {
  readonly title: string;
  readonly text: string;
  readonly grids: readonly string[];
  /** Why a series may fall behind a random mask or collapse, by its name; said where it does. */
  readonly reasons?: Readonly<Record<string, string>>;
  readonly checks: readonly { readonly title: string; readonly list: readonly Check[] }[];
}

export const at = (grid: string, series: string, budget?: number): Place => ({ grid, series, budget });
