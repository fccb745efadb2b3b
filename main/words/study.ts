import { formatDuration } from './format.ts';

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

/** How long a study takes with its defaults, after 'about'. @param minutes as measured */
export const studyTime = (minutes: number): string => `${formatDuration(60 * minutes)} of one core's time`;
