/** A parameter of a study, as lists show it. */
export interface ParameterWords {
  readonly name: string;
  readonly help: string;
  /** Its default as it is typed; empty where it is nothing. */
  readonly fallback: string;
}

interface Described {
  readonly description?: string;
  readonly unit?: string;
  readonly default?: string | number | boolean | readonly (string | number)[];
}

/** @param schema the parameters as a JSON Schema */
export function parameterWords(schema: Readonly<Record<string, unknown>>): ParameterWords[] {
  const fields = Object.entries((schema['properties'] ?? {}) as Record<string, Described>);
  return fields.map(([name, { description = '', unit, default: fallback = '' }]) => ({
    name,
    help: unit === undefined ? description : `${description}, in ${unit}`,
    fallback: String(fallback),
  }));
}
