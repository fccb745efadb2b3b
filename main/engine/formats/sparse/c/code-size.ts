import type { Int, Statement, Vec } from '../kernel.ts';
import type { Plan } from '../plan.ts';
import { type ElementTypes, functionOf, typesOf } from './functions.ts';

/** Bytes of Thumb-2 code, fitted to what gcc 12 -Os makes of networks of the zoo and of drawn ones: right to a third. */
const BYTES = { statement: 2, operation: 3, call: 12, argument: 8 } as const;

/** About how many bytes of code a plan takes on a Cortex-M4, without its constants and the library's functions. */
export function codeBytes({ steps, data }: Pick<Plan, 'steps' | 'data'>): number {
  const functions = new Map(steps.map((step) => [functionOf(step, data), step]));
  let bytes = 0;
  for (const step of functions.values()) bytes += inStatements(step.kernel.body, typesOf(step, data));
  for (const { args } of steps) bytes += BYTES.call + args.length * BYTES.argument;
  return Math.ceil(bytes / 50) * 50;
}

function inStatements(statements: readonly Statement[], types: ElementTypes): number {
  return statements.reduce((sum, statement) => sum + BYTES.statement + within(statement, types), 0);
}

function within(statement: Statement, types: ElementTypes): number {
  const ints = (value: Int) => intOperations(value, types);
  const operations = (value: Vec) => vecOperations(value, types);
  switch (statement.do) {
    case 'for':
      return (
        BYTES.operation * (ints(statement.from) + ints(statement.to)) + inStatements(statement.body, types)
      );
    case 'let':
      return BYTES.operation * ints(statement.value);
    case 'set':
      return statement.parts.reduce((sum, { value }) => sum + BYTES.operation * operations(value), 0);
    case 'store':
      return BYTES.operation * (ints(statement.at) + operations(statement.value));
  }
}

/** Operations that an entry takes beyond its load, where it is stored in bits or by periods. */
const UNPACKING = { bits: 8, period: 5 } as const;

function intOperations(value: Int, types: ElementTypes): number {
  switch (value.is) {
    case 'number':
    case 'name':
      return 0;
    case 'sum':
      return 1 + intOperations(value.a, types) + intOperations(value.b, types);
    case 'times':
      return 1 + intOperations(value.a, types);
    case 'entry': {
      const { bits, period } = types[value.table] ?? {};
      const unpacking =
        (bits === undefined ? 0 : UNPACKING.bits) + (period === undefined ? 0 : UNPACKING.period);
      return 1 + unpacking + intOperations(value.at, types);
    }
  }
}

function vecOperations(value: Vec, types: ElementTypes): number {
  switch (value.is) {
    case 'constant':
    case 'value':
      return 0;
    case 'load':
    case 'splat':
      return 1 + intOperations(value.at, types);
    case 'unary':
      return 1 + vecOperations(value.a, types);
    case 'binary':
      return 1 + vecOperations(value.a, types) + vecOperations(value.b, types);
    case 'fma':
      return [value.a, value.b, value.c].reduce((sum, part) => sum + vecOperations(part, types), 1);
  }
}
