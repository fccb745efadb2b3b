import type { BinaryName, Int, Kernel, Param, Statement, UnaryName, Vec } from '../kernel.ts';
import type { ElementTypes } from './functions.ts';

const CALLS: Partial<Record<UnaryName, string>> = {
  abs: 'fabsf',
  sqrt: 'sqrtf',
  exp: 'expf',
  log: 'logf',
  tanh: 'tanhf',
  erf: 'erff',
};
const SIGNS: Partial<Record<BinaryName, string>> = { add: '+', sub: '-', mul: '*', div: '/' };

/** A kernel as a static function. Lanes are loops of a constant length, which compilers make vectors of. */
export function printKernel(kernel: Kernel, name: string, types: ElementTypes): string {
  const params = kernel.params.map((param) => declared(param, types[param.name]?.type));
  const used = namesIn(kernel.body);
  const unused = kernel.params.filter((param) => !used.has(param.name));
  const body = [
    ...unused.map((param) => `(void)${param.name};`),
    ...new Printer(kernel, types).block(kernel.body),
  ];
  return `static void ${name}(${params.join(', ')}) {\n${body.map((line) => `  ${line}`).join('\n')}\n}\n`;
}

function declared({ name, kind }: Param, type: string | undefined): string {
  switch (kind) {
    case 'int':
      return `int32_t ${name}`;
    case 'read':
      return `const float *${name}`;
    case 'write':
      return `float *${name}`;
    case 'floats':
      return `const ${type ?? 'float'} *${name}`;
    case 'table':
      return `const ${type ?? 'uint32_t'} *${name}`;
  }
}

/** Lanes of the widest vectors that processors have; kernels whose lanes are multiples of it are written in vectors. */
const WIDEST = 16;

/** Whether a kernel can be written in vectors of any width: all its lanes are multiples of the widest, and lie side by side. */
function isWide(statements: readonly Statement[]): boolean {
  const fits = (lanes: number) => lanes === 1 || lanes % WIDEST === 0;
  const contiguous = (value: Vec): boolean => {
    switch (value.is) {
      case 'load':
        return value.stride === 1;
      case 'unary':
        return contiguous(value.a);
      case 'binary':
        return contiguous(value.a) && contiguous(value.b);
      case 'fma':
        return [value.a, value.b, value.c].every(contiguous);
      case 'constant':
      case 'value':
      case 'splat':
        return true;
    }
  };
  return statements.every((statement) => {
    if (statement.do === 'for') return isWide(statement.body);
    if (statement.do === 'let') return true;
    const values = statement.do === 'store' ? [statement.value] : statement.parts.map(({ value }) => value);
    return fits(statement.lanes) && (statement.lanes === 1 || values.every(contiguous));
  });
}

class Printer {
  private readonly known = new Set<string>();
  private readonly lanes = new Map<string, number>();
  private readonly wide: boolean;
  private readonly types: ElementTypes;

  constructor({ params, body }: Kernel, types: ElementTypes) {
    this.types = types;
    for (const { name } of params) this.known.add(name);
    this.wide = isWide(body);
  }

  block(statements: readonly Statement[]): string[] {
    return [...this.declarations(statements), ...statements.flatMap((statement) => this.print(statement))];
  }

  /** Everything that is named anywhere within, once at the top: then what one loop sets, another may read. */
  private declarations(statements: readonly Statement[]): string[] {
    const lines: string[] = [];
    for (const statement of statements) {
      if (statement.do === 'for') {
        if (!this.known.has(statement.name)) lines.push(`int32_t ${statement.name};`);
        this.known.add(statement.name);
        lines.push(...this.declarations(statement.body));
      } else if (statement.do === 'let') {
        if (!this.known.has(statement.name)) lines.push(`int32_t ${statement.name};`);
        this.known.add(statement.name);
      } else if (statement.do === 'set') {
        for (const { name } of statement.parts) {
          if (!this.lanes.has(name)) lines.push(this.declared(name, statement.lanes));
          this.lanes.set(name, statement.lanes);
        }
      }
    }
    return lines;
  }

  private print(statement: Statement): string[] {
    switch (statement.do) {
      case 'for': {
        const { name, from, to, step, body } = statement;
        const next = step === 1 ? `${name}++` : `${name} += ${step}`;
        return [
          `for (${name} = ${this.int(from)}; ${name} < ${this.int(to)}; ${next}) {`,
          ...body.flatMap((inner) => this.print(inner)).map((line) => `  ${line}`),
          '}',
        ];
      }
      case 'let':
        return [`${statement.name} = ${this.int(statement.value)};`];
      case 'set': {
        const { lanes, parts } = statement;
        if (lanes === 1) return parts.map(({ name, value }) => `${name} = ${this.vec(value, 1)};`);
        return this.each(
          lanes,
          parts.map(({ name, value }) => `${name}[l] = ${this.vec(value, lanes)};`),
        );
      }
      case 'store': {
        const { to, at, lanes, value } = statement;
        if (lanes === 1) return [`${to}[${this.int(at)}] = ${this.vec(value, 1)};`];
        const made = this.vec(value, lanes);
        return this.each(lanes, [
          this.wide
            ? `vec_store(${to} + ${this.int(at)} + l * WIDTH, ${made});`
            : `${to}[${this.int(at)} + l] = ${made};`,
        ]);
      }
    }
  }

  private declared(name: string, lanes: number): string {
    if (lanes === 1) return `float ${name};`;
    return this.wide ? `vec ${name}[${lanes} / WIDTH];` : `float ${name}[${lanes}];`;
  }

  /** Statements for each lane, or each vector, `l`. */
  private each(lanes: number, lines: readonly string[]): string[] {
    const count = this.wide ? `${lanes} / WIDTH` : String(lanes);
    const body = lines.length === 1 ? (lines[0] ?? '') : `{ ${lines.join(' ')} }`;
    return [...(this.wide ? ['UNROLL'] : []), `for (int l = 0; l < ${count}; l++) ${body}`];
  }

  private vec(value: Vec, lanes: number): string {
    const wide = this.wide && lanes > 1;
    switch (value.is) {
      case 'constant':
        return wide ? `vec_of(${float(value.value)})` : float(value.value);
      case 'value':
        if (this.lanes.get(value.name) === 1) return wide ? `vec_of(${value.name})` : value.name;
        return `${value.name}[l]`;
      case 'load':
        if (lanes === 1) return `${value.from}[${this.int(value.at)}]`;
        if (wide) {
          const read = this.types[value.from]?.type === 'int8_t' ? 'vec_load_bytes' : 'vec_load';
          return `${read}(${value.from} + ${this.int(value.at)} + l * WIDTH)`;
        }
        return `${value.from}[${this.int(value.at)} + ${value.stride === 1 ? 'l' : `${value.stride} * l`}]`;
      case 'splat':
        return wide ? `vec_of(${value.from}[${this.int(value.at)}])` : `${value.from}[${this.int(value.at)}]`;
      case 'unary': {
        const a = this.vec(value.a, lanes);
        if (value.f === 'neg') return `-(${a})`;
        return wide ? `vec_${value.f}(${a})` : `${CALLS[value.f] ?? ''}(${a})`;
      }
      case 'binary': {
        const [a, b] = [this.vec(value.a, lanes), this.vec(value.b, lanes)];
        if (value.f === 'min') return `${wide ? 'vec_' : ''}least(${a}, ${b})`;
        if (value.f === 'max') return `${wide ? 'vec_' : ''}most(${a}, ${b})`;
        if (value.f === 'pow') return `${wide ? 'vec_pow' : 'powf'}(${a}, ${b})`;
        return `(${a} ${SIGNS[value.f] ?? ''} ${b})`;
      }
      case 'fma':
        return `(${this.vec(value.a, lanes)} * ${this.vec(value.b, lanes)} + ${this.vec(value.c, lanes)})`;
    }
  }

  private int(value: Int): string {
    switch (value.is) {
      case 'number':
        return String(value.value);
      case 'name':
        return value.name;
      case 'sum':
        return `${this.int(value.a)} + ${this.int(value.b)}`;
      case 'times':
        return value.a.is === 'sum'
          ? `(${this.int(value.a)}) * ${value.by}`
          : `${this.int(value.a)} * ${value.by}`;
      case 'entry': {
        const { bits, period } = this.types[value.table] ?? {};
        const at = this.int(value.at);
        if (bits !== undefined) return `IN_BITS(${value.table}, ${at}, ${bits})`;
        if (period !== undefined) return `IN_PERIODS(${value.table}, ${at}, ${period})`;
        return `(int32_t)${value.table}[${at}]`;
      }
    }
  }
}

/** A number that a C compiler reads as the same float32. */
export function float(value: number): string {
  if (Number.isNaN(value)) return 'NAN';
  if (!Number.isFinite(value)) return value > 0 ? 'INFINITY' : '-INFINITY';
  const text = String(Math.fround(value) === value ? Number(value.toPrecision(9)) : value);
  const shown = Object.is(value, -0) ? '-0.0' : /[.e]/.test(text) ? text : `${text}.0`;
  return value < 0 ? `(${shown}f)` : `${shown}f`;
}

function namesIn(statements: readonly Statement[]): Set<string> {
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part === 'string') names.add(part);
    else if (typeof part === 'object' && part !== null) Object.values(part).forEach(visit);
  };
  visit(statements);
  return names;
}
