import type { Arg, Plan } from '../plan.ts';
import { kernelsOf } from '../plan.ts';
import { identityOf } from '../kernel.ts';
import type { Code } from './bytes.ts';
import { F32, I32, list, op, section, text, unsigned, V128 } from './bytes.ts';
import { CALLED, helper, type HelperName } from './functions.ts';
import { printKernel, VALUE } from './print.ts';
import type { SharedCall } from './threads.ts';

/** Memory is counted in pages of so many bytes. */
const PAGE = 65536;
/** Arrays begin at multiples of so many bytes: a cache line. */
const ALIGN = 64;
/** What a module imports its memory as, twice: of a module, and by name. */
const MEMORY = 'memory';

/** Where everything lies in a module's memory, in bytes. */
export interface Addresses {
  /** For each of the plan's data. */
  readonly data: readonly number[];
  /** For each of its buffers. */
  readonly buffers: readonly number[];
  readonly pages: number;
}

/** Constants first, the arena behind them, then inputs and outputs. */
export function addressesOf({ data, buffers, offsets, arena }: Plan): Addresses {
  // Nothing lies at 0 but what threads tell each other.
  let next = ALIGN;
  const place = (values: number): number => {
    const at = next;
    // Vectors are read whole: behind every array there is room for one more.
    next = Math.ceil((at + values * VALUE + 16) / ALIGN) * ALIGN;
    return at;
  };
  const constants = data.map(({ values }) => place(values.length));
  const start = place(arena);
  const placed = buffers.map(({ size, place: { is } }, i) =>
    is === 'arena' ? start + (offsets[i] ?? 0) * VALUE : place(size),
  );
  return { data: constants, buffers: placed, pages: Math.ceil(next / PAGE) };
}

interface Function_ {
  readonly params: readonly number[];
  readonly results: readonly number[];
  readonly body: Code;
}

/**
 * A module of a plan: its memory, and a function `run` that computes one sample from what lies in the inputs' places. Constants
 * are not in it.
 * @param relaxed whether products and sums may be fused, in the way of the machine
 */
export function assemble(plan: Plan, addresses: Addresses, relaxed: boolean): Uint8Array {
  const known = kernelsOf(plan);
  const kernels = [...known.values()];
  const names = new Map<HelperName, number>();
  let power = false;
  const need = (name: HelperName): void => {
    CALLED[name].forEach(need);
    if (!names.has(name)) names.set(name, names.size);
  };
  // Kernels are printed twice: first to hear what they call, since that has its index before them.
  const listening = {
    helper: (name: HelperName) => (need(name), []),
    power: () => ((power = true), []),
    relaxed,
  };
  for (const kernel of kernels) printKernel(kernel, listening);
  const imported = power ? 1 : 0;
  const callHelper = (name: HelperName) => op.call(imported + (names.get(name) ?? 0));
  const callable = { helper: callHelper, power: () => op.call(0), relaxed };
  const helpers = [...names.keys()].map((name): Function_ => {
    const { locals, code } = helper(name, callHelper);
    const body = [...list(locals.map((type) => [1, type])), ...code, ...op.end];
    return { params: [V128], results: [V128], body: [...unsigned(body.length), ...body] };
  });
  const functions = kernels.map((kernel): Function_ => ({
    params: kernel.params.map(() => I32),
    results: [],
    body: printKernel(kernel, callable),
  }));
  const first = imported + helpers.length;
  const indices = new Map([...known.keys()].map((identity, i) => [identity, first + i]));
  const calls = plan.steps.flatMap(({ kernel, args }) => [
    ...args.flatMap((arg) => op.i32.const(addressOf(arg, addresses))),
    ...op.call(indices.get(identityOf(kernel)) ?? 0),
  ]);
  const main = [0, ...calls, ...op.end];
  const all: Function_[] = [
    ...helpers,
    ...functions,
    { params: [], results: [], body: [...unsigned(main.length), ...main] },
  ];
  return moduleOf(all, { power, pages: addresses.pages, kernels: helpers.length });
}

/** An argument as kernels in WebAssembly get it: in bytes. */
function addressOf(arg: Arg, { data, buffers }: Addresses): number {
  if (arg.is === 'int') return arg.value * VALUE;
  return arg.is === 'data' ? (data[arg.data] ?? 0) : (buffers[arg.buffer] ?? 0) + arg.offset * VALUE;
}

/** The calls of a plan as threads share them. */
export function callsOf(plan: Plan, addresses: Addresses): SharedCall[] {
  const known = [...kernelsOf(plan).keys()];
  return plan.steps.map(({ kernel, args, split }): SharedCall => {
    const given = args.map((arg) => addressOf(arg, addresses));
    const call = [known.indexOf(identityOf(kernel)), given] as const;
    if (split === undefined) return call;
    const { pieces, units, moves, count } = split;
    return [...call, [pieces, units, moves.map((move) => move * VALUE), count.arg, count.each * VALUE]];
  });
}

/** Of a memory with a limit; a loader with threads puts in its place the same of a shared one. */
const LIMITED = 1;

function moduleOf(
  functions: readonly Function_[],
  { power, pages, kernels }: { power: boolean; pages: number; kernels: number },
): Uint8Array {
  const types: string[] = [];
  const typeOf = (params: readonly number[], results: readonly number[]): number => {
    const key = JSON.stringify([0x60, params.length, ...params, results.length, ...results]);
    if (!types.includes(key)) types.push(key);
    return types.indexOf(key);
  };
  const powerType = power ? typeOf([F32, F32], [F32]) : 0;
  const indices = functions.map(({ params, results }) => unsigned(typeOf(params, results)));
  const run = functions.length - 1 + (power ? 1 : 0);
  const first = kernels + (power ? 1 : 0);
  const sections = [
    section(1, list(types.map((type) => (JSON.parse(type) as number[]).flatMap((byte) => byte)))),
    section(
      2,
      list([
        [...text(MEMORY), ...text(MEMORY), 2, LIMITED, ...unsigned(pages), ...unsigned(pages)],
        ...(power ? [[...text('math'), ...text('pow'), 0, ...unsigned(powerType)]] : []),
      ]),
    ),
    section(3, list(indices)),
    section(
      7,
      list([
        [...text('run'), 0, ...unsigned(run)],
        ...Array.from({ length: run - first }, (_, i) => [...text(String(i)), 0, ...unsigned(first + i)]),
      ]),
    ),
    section(
      10,
      Buffer.concat([
        Uint8Array.from(unsigned(functions.length)),
        ...functions.map(({ body }) => Uint8Array.from(body)),
      ]),
    ),
  ];
  return Buffer.concat([Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), ...sections]);
}
