import type { BinaryName, Int, Kernel, Statement, UnaryName, Vec } from '../kernel.ts';
import { LANES } from '../kernel.ts';
import type { Code } from './bytes.ts';
import { F32, I32, list, op, unsigned, V128 } from './bytes.ts';
import type { HelperName } from './functions.ts';

/** Bytes of a value. Whole numbers are kept in bytes, so that they are addresses as they are. */
export const VALUE = 4;

/** What a kernel may call. */
export interface Callable {
  readonly helper: (name: HelperName) => Code;
  /** Power of two scalars, which comes from outside. */
  readonly power: () => Code;
  /** Whether a * b + c may be one instruction, whose last bit depends on the machine. */
  readonly relaxed: boolean;
}

/** A kernel's locals and instructions, as the code section has them. */
export function printKernel(kernel: Kernel, callable: Callable): number[] {
  return new Printer(kernel, callable).function();
}

const VECTOR_UNARY: Partial<Record<UnaryName, Code>> = {
  neg: op.f32x4.neg,
  abs: op.f32x4.abs,
  sqrt: op.f32x4.sqrt,
};
const SCALAR_UNARY: Partial<Record<UnaryName, Code>> = {
  neg: op.f32.neg,
  abs: op.f32.abs,
  sqrt: op.f32.sqrt,
};
const VECTOR_BINARY: Partial<Record<BinaryName, Code>> = {
  add: op.f32x4.add,
  sub: op.f32x4.sub,
  mul: op.f32x4.mul,
  div: op.f32x4.div,
  min: op.f32x4.pmin,
  max: op.f32x4.pmax,
};
const SCALAR_BINARY: Partial<Record<BinaryName, Code>> = {
  add: op.f32.add,
  sub: op.f32.sub,
  mul: op.f32.mul,
  div: op.f32.div,
};
/** Of two vectors one behind the other, every second value. */
const EVEN = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];

class Printer {
  private readonly kernel: Kernel;
  private readonly callable: Callable;
  private readonly ints = new Map<string, number>();
  private readonly floats = new Map<string, { first: number; lanes: number }>();
  private readonly types: number[] = [];
  /** Locals for what a statement computes once for all its vectors. */
  private readonly spare = { [I32]: [] as number[], [V128]: [] as number[] };

  constructor(kernel: Kernel, callable: Callable) {
    this.kernel = kernel;
    this.callable = callable;
    kernel.params.forEach(({ name }, i) => this.ints.set(name, i));
  }

  function(): number[] {
    const body = this.kernel.body.flatMap((statement) => this.statement(statement));
    const locals = list(this.types.map((type) => [1, type]));
    const code = [...locals, ...body, ...op.end];
    return [...unsigned(code.length), ...code];
  }

  private local(type: number): number {
    this.types.push(type);
    return this.kernel.params.length + this.types.length - 1;
  }

  private intLocal(name: string): number {
    const known = this.ints.get(name) ?? this.local(I32);
    this.ints.set(name, known);
    return known;
  }

  private floatLocals(name: string, lanes: number): { first: number; lanes: number } {
    const known = this.floats.get(name);
    if (known !== undefined) return known;
    const count = Math.max(1, lanes / LANES);
    const [first = 0] = Array.from({ length: count }, () => this.local(lanes === 1 ? F32 : V128));
    const made = { first, lanes };
    this.floats.set(name, made);
    return made;
  }

  private statement(statement: Statement): number[] {
    switch (statement.do) {
      case 'for': {
        const { name, from, to, step, body } = statement;
        const at = this.intLocal(name);
        // The end is read once: nothing that a loop writes moves it.
        const end = to.is === 'number' ? undefined : this.local(I32);
        const limit = end === undefined ? this.int(to) : op.get(end);
        const inner = body.flatMap((each) => this.statement(each));
        return [
          ...[...this.int(from), ...op.set(at)],
          ...(end === undefined ? [] : [...this.int(to), ...op.set(end)]),
          ...[...op.block, ...op.get(at), ...limit, ...op.i32.ge, ...op.brIf(0)],
          ...[...op.loop, ...inner],
          ...[...op.get(at), ...op.i32.const(step * VALUE), ...op.i32.add, ...op.tee(at)],
          ...[...limit, ...op.i32.lt, ...op.brIf(0), ...op.end, ...op.end],
        ];
      }
      case 'let':
        return [...this.int(statement.value), ...op.set(this.intLocal(statement.name))];
      case 'set': {
        const { lanes, parts } = statement;
        const locals = parts.map(({ name }) => this.floatLocals(name, lanes).first);
        const values = parts.map(({ value }) => value);
        return this.each(values, lanes, (code, i, part) => [...code, ...op.set((locals[part] ?? 0) + i)]);
      }
      case 'store': {
        const { to, at, lanes } = statement;
        const { base, offset } = this.address(to, at);
        if (lanes === 1) return [...base, ...this.scalar(statement.value), ...op.f32.store(offset)];
        const local = this.takeSpare(I32);
        const code = [
          ...[...base, ...op.set(local)],
          ...this.each([statement.value], lanes, (each, i) => [
            ...op.get(local),
            ...each,
            ...op.v128.store(offset + i * LANES * VALUE),
          ]),
        ];
        this.spare[I32].push(local);
        return code;
      }
    }
  }

  /** The instructions that make each vector of some values, vector by vector, each handed to `use`. */
  private each(
    values: readonly Vec[],
    lanes: number,
    use: (code: Code, i: number, part: number) => Code,
  ): number[] {
    if (lanes === 1) return values.flatMap((value, part) => [...use(this.scalar(value), 0, part)]);
    const count = lanes / LANES;
    const before: number[] = [];
    const taken: [typeof I32 | typeof V128, number][] = [];
    const keep = (type: typeof I32 | typeof V128, code: Code): Code => {
      if (count === 1 && type === I32) return code;
      const local = this.takeSpare(type);
      taken.push([type, local]);
      before.push(...code, ...op.set(local));
      return op.get(local);
    };
    const vectors = values.map((value) => this.vector(value, count === 1, keep));
    const code = Array.from({ length: count }, (_, i) =>
      vectors.flatMap((vector, part) => [...use(vector(i), i, part)]),
    ).flat();
    for (const [type, local] of taken) this.spare[type].push(local);
    return [...before, ...code];
  }

  private takeSpare(type: typeof I32 | typeof V128): number {
    return this.spare[type].pop() ?? this.local(type);
  }

  /**
   * A value as a function of which vector is wanted.
   * @param keep puts into a local what is the same for all of them
   */
  private vector(
    value: Vec,
    single: boolean,
    keep: (type: typeof I32 | typeof V128, code: Code) => Code,
  ): (i: number) => Code {
    const { f32x4, v128 } = op;
    const same = (code: Code) => {
      const kept = single ? code : keep(V128, code);
      return () => kept;
    };
    const down = (part: Vec) => this.vector(part, single, keep);
    switch (value.is) {
      case 'constant':
        return () => f32x4.splatConst(value.value);
      case 'value': {
        const { first, lanes } = this.floatLocals(value.name, 0);
        if (lanes === 1) return same([...op.get(first), ...f32x4.splat]);
        return (i) => op.get(first + i);
      }
      case 'splat': {
        const { base, offset } = this.address(value.from, value.at);
        return same([...base, ...v128.loadSplat(offset)]);
      }
      case 'load': {
        const { base, offset } = this.address(value.from, value.at);
        const at = keep(I32, base);
        return (i) => strided(at, offset + i * LANES * VALUE * value.stride, value.stride);
      }
      case 'unary': {
        const a = down(value.a);
        const code = VECTOR_UNARY[value.f] ?? this.callable.helper(value.f as HelperName);
        return (i) => [...a(i), ...code];
      }
      case 'binary': {
        const [a, b] = [down(value.a), down(value.b)];
        if (value.f === 'pow') return (i) => this.powers(a(i), b(i));
        const code = VECTOR_BINARY[value.f] ?? [];
        return (i) => [...a(i), ...b(i), ...code];
      }
      case 'fma': {
        const [a, b, c] = [down(value.a), down(value.b), down(value.c)];
        if (this.callable.relaxed) return (i) => [...a(i), ...b(i), ...c(i), ...f32x4.relaxedMadd];
        return (i) => [...a(i), ...b(i), ...f32x4.mul, ...c(i), ...f32x4.add];
      }
    }
  }

  /** Lane by lane: it is called from outside. */
  private powers(a: Code, b: Code): number[] {
    const [x, y, out] = [this.takeSpare(V128), this.takeSpare(V128), this.takeSpare(V128)];
    const { f32x4 } = op;
    const replaced = (lane: number): number[] => [
      ...[...op.get(out), ...op.get(x), ...f32x4.extract(lane), ...op.get(y), ...f32x4.extract(lane)],
      ...[...this.callable.power(), 0xfd, 32, lane, ...op.set(out)],
    ];
    const code = [
      ...[...a, ...op.set(x), ...b, ...op.set(y), ...f32x4.splatConst(0), ...op.set(out)],
      ...[0, 1, 2, 3].flatMap(replaced),
      ...op.get(out),
    ];
    this.spare[V128].push(x, y, out);
    return code;
  }

  /** A value of one lane. */
  private scalar(value: Vec): number[] {
    const { f32, f32x4 } = op;
    switch (value.is) {
      case 'constant':
        return f32.const(value.value);
      case 'value':
        return op.get(this.floatLocals(value.name, 1).first);
      case 'load':
      case 'splat': {
        const { base, offset } = this.address(value.from, value.at);
        return [...base, ...f32.load(offset)];
      }
      case 'unary': {
        const code = SCALAR_UNARY[value.f];
        const a = this.scalar(value.a);
        if (code !== undefined) return [...a, ...code];
        return [...a, ...f32x4.splat, ...this.callable.helper(value.f as HelperName), ...f32x4.extract(0)];
      }
      case 'binary': {
        const [a, b] = [this.scalar(value.a), this.scalar(value.b)];
        if (value.f === 'pow') return [...a, ...b, ...this.callable.power()];
        const code = SCALAR_BINARY[value.f];
        if (code !== undefined) return [...a, ...b, ...code];
        return [
          ...a,
          ...f32x4.splat,
          ...b,
          ...f32x4.splat,
          ...(VECTOR_BINARY[value.f] ?? []),
          ...f32x4.extract(0),
        ];
      }
      case 'fma':
        return [
          ...this.scalar(value.a),
          ...this.scalar(value.b),
          ...f32.mul,
          ...this.scalar(value.c),
          ...f32.add,
        ];
    }
  }

  /** Where something lies: instructions, and what is added to them as a constant. */
  private address(from: string, at: Int): { base: Code; offset: number } {
    const { rest, constant } = apart(at);
    const base = op.get(this.intLocal(from));
    // A constant below zero must not wrap around.
    if (constant < 0) return { base: [...base, ...this.int(at), ...op.i32.add], offset: 0 };
    const moved = rest === undefined ? base : [...base, ...this.int(rest), ...op.i32.add];
    return { base: moved, offset: constant * VALUE };
  }

  private int(value: Int): number[] {
    switch (value.is) {
      case 'number':
        return op.i32.const(value.value * VALUE);
      case 'name':
        return op.get(this.intLocal(value.name));
      case 'sum':
        return [...this.int(value.a), ...this.int(value.b), ...op.i32.add];
      case 'times': {
        const shift = Math.log2(value.by);
        return Number.isInteger(shift)
          ? [...this.int(value.a), ...(shift === 0 ? [] : [...op.i32.const(shift), ...op.i32.shl])]
          : [...this.int(value.a), ...op.i32.const(value.by), ...op.i32.mul];
      }
      case 'entry': {
        const { base, offset } = this.address(value.table, value.at);
        return [...base, ...op.i32.load(offset)];
      }
    }
  }
}

/** A position's constant part, and the rest of it. */
function apart(at: Int): { rest: Int | undefined; constant: number } {
  if (at.is === 'number') return { rest: undefined, constant: at.value };
  if (at.is !== 'sum') return { rest: at, constant: 0 };
  const [a, b] = [apart(at.a), apart(at.b)];
  const rest =
    a.rest === undefined
      ? b.rest
      : b.rest === undefined
        ? a.rest
        : ({ is: 'sum', a: a.rest, b: b.rest } as const);
  return { rest, constant: a.constant + b.constant };
}

/** One vector whose lanes lie `stride` values apart. */
function strided(at: Code, offset: number, stride: number): number[] {
  const { v128 } = op;
  if (stride === 1) return [...at, ...v128.load(offset)];
  if (stride === 2) {
    const second = offset + LANES * VALUE;
    return [...at, ...v128.load(offset), ...at, ...v128.load(second), ...v128.shuffle(EVEN)];
  }
  return [
    ...[...at, ...at, ...at, ...at, ...v128.loadSplat(offset)],
    ...[1, 2, 3].flatMap((lane) => v128.loadLane(lane, offset + lane * stride * VALUE)),
  ];
}
