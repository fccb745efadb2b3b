/** Thrown when a step that is being traced asks for numbers that do not exist before the graph runs. */
export class UntraceableError extends Error {
  override readonly name = 'UntraceableError';
}
