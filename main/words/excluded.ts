/** What a recipe's `prune.exclude` says of parameters and groups of channels, for engine, terminal and screens alike. */

/**
 * The parameter that a name of `prune.exclude` means: itself, or that at one end of the network.
 * @param prunable the network's prunable parameters, in its order
 */
export function paramMeant(name: string, prunable: readonly string[]): string {
  if (prunable.includes(name)) return name;
  const at = { first: 0, last: -1 }[name];
  return (at === undefined ? undefined : prunable.at(at)) ?? name;
}

/**
 * Why a person's own choice keeps a group of channels whole, a sentence each; nothing where it does not.
 * @param group its name, and the parameters that have a part of its channels
 */
export function whyExcluded(
  group: { readonly name: string; readonly params: readonly string[] },
  exclude: readonly string[],
  prunable: readonly string[],
): string[] {
  const meant = new Set(exclude.map((one) => paramMeant(one, prunable)));
  const parts = [...new Set(group.params)].filter((param) => meant.has(param));
  return [
    ...(meant.has(group.name) ? ['You exclude this group.'] : []),
    ...parts.map((param) => `You exclude '${param}'.`),
  ];
}
