import { inputError } from '../../contract/errors.ts';
import type { UnitGroup } from '../compress/structures/structure.ts';

/** A limit of what may or must go of layers or groups, as a share: of every one, and of named ones in its place. */
export interface ShareBound {
  readonly every?: number | undefined;
  readonly named: Readonly<Record<string, number>>;
}

/** The most that may go of each layer or group, and the least that must. */
export interface ShareBounds {
  readonly cap: ShareBound;
  readonly floor: ShareBound;
}

export const NO_BOUNDS: ShareBounds = { cap: { named: {} }, floor: { named: {} } };

/**
 * Whether so many units may stay of a group, by its bounds.
 * @throws EspalierError for a name that no group has, or a floor above its cap
 */
export function withinBounds(
  { cap, floor }: ShareBounds,
  groups: readonly UnitGroup[],
): (group: UnitGroup, kept: number) => boolean {
  const names = groups.map(({ name }) => name);
  const unknown = [cap, floor]
    .flatMap(({ named }) => Object.keys(named))
    .find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw inputError('sensitivity/unknown-layer', `'${unknown}' is no layer or group that may be pruned.`, {
      remedy: `Choose among: ${names.join(', ')}.`,
    });
  }
  const most = (name: string) => cap.named[name] ?? cap.every ?? 1;
  const least = (name: string) => floor.named[name] ?? floor.every ?? 0;
  const crossed = names.find((name) => least(name) > most(name));
  if (crossed !== undefined) {
    throw inputError(
      'sensitivity/bounds',
      `Of '${crossed}' at least ${least(crossed)} must go and at most ${most(crossed)} may.`,
      { remedy: 'Raise its cap, or lower its floor.' },
    );
  }
  return ({ name, units }, kept) => {
    const gone = (units - kept) / units;
    return gone <= most(name) + 1e-9 && gone >= least(name) - 1e-9;
  };
}
