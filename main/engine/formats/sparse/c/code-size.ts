import type { Int, Statement, Vec } from '../kernel.ts';
import { kernelsOf, type Plan } from '../plan.ts';

/** Bytes of Thumb-2 code, fitted to what gcc 12 -Os makes of networks of the zoo and of drawn ones: right to a third. */
const BYTES = { statement: 2, operation: 3, call: 12, argument: 8 } as const;

/** About how many bytes of code a plan takes on a Cortex-M4, without its constants and the library's functions. */
export function codeBytes(plan: Pick<Plan, 'steps'>): number {
  let bytes = 0;
  for (const { body } of kernelsOf(plan).values()) bytes += inStatements(body);
  for (const { args } of plan.steps) bytes += BYTES.call + args.length * BYTES.argument;
  return Math.ceil(bytes / 50) * 50;
}

function inStatements(statements: readonly Statement[]): number {
  return statements.reduce((sum, statement) => sum + BYTES.statement + within(statement), 0);
}

function within(statement: Statement): number {
  switch (statement.do) {
    case 'for':
      return BYTES.operation * (ints(statement.from) + ints(statement.to)) + inStatements(statement.body);
    case 'let':
      return BYTES.operation * ints(statement.value);
    case 'set':
      return statement.parts.reduce((sum, { value }) => sum + BYTES.operation * operations(value), 0);
    case 'store':
      return BYTES.operation * (ints(statement.at) + operations(statement.value));
  }
}

function ints(value: Int): number {
  switch (value.is) {
    case 'number':
    case 'name':
      return 0;
    case 'sum':
      return 1 + ints(value.a) + ints(value.b);
    case 'times':
      return 1 + ints(value.a);
    case 'entry':
      return 1 + ints(value.at);
  }
}

function operations(value: Vec): number {
  switch (value.is) {
    case 'constant':
    case 'value':
      return 0;
    case 'load':
    case 'splat':
      return 1 + ints(value.at);
    case 'unary':
      return 1 + operations(value.a);
    case 'binary':
      return 1 + operations(value.a) + operations(value.b);
    case 'fma':
      return 1 + operations(value.a) + operations(value.b) + operations(value.c);
  }
}
