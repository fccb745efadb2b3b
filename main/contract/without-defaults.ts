import { z } from 'zod';

/**
 * A value of a schema without what the schema fills in by itself: parsed again, it gives the same value. Objects that are left
 * empty stay, as they may be there to be chosen.
 */
export function withoutDefaults(schema: z.ZodType, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return withoutDefaults(schema.unwrap() as z.ZodType, value);
  if (schema instanceof z.ZodDefault) return withoutDefaults(schema.unwrap() as z.ZodType, value);
  if (schema instanceof z.ZodUnion) {
    const options = schema.options as readonly z.ZodType[];
    const fits = options.find((option) => option.safeParse(value).success);
    return fits === undefined ? value : withoutDefaults(fits, value);
  }
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value;
  const fields = schema.shape as Readonly<Record<string, z.ZodType>>;
  const entries = Object.entries(value).flatMap(([key, held]): [string, unknown][] => {
    const field = fields[key];
    if (held === undefined || (field !== undefined && same(held, field.safeParse(undefined).data))) return [];
    return [[key, field === undefined ? held : withoutDefaults(field, held)]];
  });
  return Object.fromEntries(entries);
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
