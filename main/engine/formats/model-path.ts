/**
 * Whether a recipe's network is a file: a path has a separator or a file ending, and names of the zoo have neither.
 */
export function isModelPath(network: string): boolean {
  return /[/\\]|\.[A-Za-z0-9]{2,12}$/.test(network);
}
