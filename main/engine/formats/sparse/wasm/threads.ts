/** A thread besides the one that calls. */
export interface Helper {
  /** Gives it what its program is to work with, and waits until it is ready. */
  ready(share: object): Promise<void>;
  end(): void;
}

/**
 * A call of a kernel: the kernel's number, and its arguments; where threads share it, in how many pieces, of how many units in all,
 * how far each argument moves with a unit, which argument says how much is computed, and how much a unit is.
 */
export type SharedCall = readonly [
  kernel: number,
  args: readonly number[],
  split?: readonly [pieces: number, units: number, moves: readonly number[], count: number, each: number],
];

/** Functions of a module by their names. */
export type Kernels = Readonly<Record<string, (...args: number[]) => void>>;

/** What threads have together. */
interface Together {
  readonly threads: number;
  readonly start: (program: string) => Promise<Helper>;
  /** A compiled module, whose memory is shared. */
  readonly code: object;
  readonly memory: { readonly buffer: ArrayBuffer };
  /** The module's functions on this thread. */
  readonly kernels: Kernels;
  readonly calls: readonly SharedCall[];
}

/**
 * Starts other threads. It is written into `model.mjs` as it stands, and so uses nothing from outside.
 * @returns what runs the network on all of them, and what ends them
 */
export async function onThreads({
  threads,
  start,
  code,
  memory,
  kernels,
  calls: given,
}: Together): Promise<{ run: () => void; close: () => void }> {
  /**
   * Gives what computes one piece of the call that is open, and says whether there was one. Each piece is taken by whoever comes
   * first, so that nobody waits for a thread that the machine does not run. It is written into the other threads' program as it stands.
   * @param sync the open call and its next piece, eight bits, in one number; then how many pieces are finished
   */
  function piecesOf(kernels: Kernels, calls: readonly SharedCall[], sync: Int32Array): () => boolean {
    const prepared = calls.map(([kernel, args, [pieces, units, moves, count, each] = [0, 0, [], 0, 0]]) =>
      Array.from({ length: pieces }, (_, piece) => {
        const from = Math.floor((units * piece) / pieces);
        const to = Math.floor((units * (piece + 1)) / pieces);
        const given = args.map((arg, at) =>
          at === count ? (to - from) * each : arg + from * (moves[at] ?? 0),
        );
        return () => kernels[kernel]?.(...given);
      }),
    );
    return () => {
      const seen = Atomics.load(sync, 0);
      if ((seen & 255) >= (prepared[seen >>> 8]?.length ?? 0)) return false;
      // What is taken is what was open at that moment, perhaps of a later call.
      const taken = Atomics.add(sync, 0, 1);
      const compute = prepared[taken >>> 8]?.[taken & 255];
      if (compute === undefined) return false;
      compute();
      Atomics.add(sync, 1, 1);
      return true;
    };
  }

  // Small pieces even out what threads have to do, but each goes over the input once more.
  const most = 4 * threads;
  const calls = given.map(([kernel, args, split]): SharedCall => {
    if (split === undefined) return [kernel, args];
    const [pieces, ...more] = split;
    return [kernel, args, [Math.min(pieces, most), ...more]];
  });
  // The open call and its next piece; finished pieces; threads that sleep; whether all is over.
  const sync = new Int32Array(memory.buffer, 0, 4);
  const closed = 255;
  Atomics.store(sync, 0, closed);
  const program = `
    const piecesOf = ${piecesOf.toString()};
    async function begin({ code, memory, calls }, ready) {
      const sync = new Int32Array(memory.buffer, 0, 4);
      const { exports } = await WebAssembly.instantiate(code, { memory: { memory }, math: { pow: Math.pow } });
      const compute = piecesOf(exports, calls, sync);
      ready();
      for (let turn = 0; Atomics.load(sync, 3) === 0; turn++) {
        if (compute()) turn = 0;
        if (turn < 5000) continue;
        const now = Atomics.load(sync, 0);
        if ((now & 255) < (calls[now >>> 8]?.[2]?.[0] ?? 0)) continue;
        Atomics.add(sync, 2, 1);
        Atomics.wait(sync, 0, now);
        Atomics.sub(sync, 2, 1);
        turn = 0;
      }
    }`;
  const helpers: Helper[] = [];
  for (let thread = 1; thread < threads; thread++) {
    const helper = await start(program);
    helpers.push(helper);
    await helper.ready({ code, memory, calls });
  }
  const compute = piecesOf(kernels, calls, sync);
  const first = calls.findIndex(([, , split]) => split !== undefined);
  const patient = !('document' in globalThis);
  return {
    run() {
      if (helpers.length === 0) throw new Error('The model has been closed.');
      calls.forEach(([kernel, args, split], i) => {
        if (split === undefined) {
          kernels[kernel]?.(...args);
          return;
        }
        Atomics.store(sync, 1, 0);
        Atomics.store(sync, 0, i << 8);
        if (i === first && Atomics.load(sync, 2) > 0) Atomics.notify(sync, 0);
        while (compute());
        const [pieces] = split;
        for (let turn = 0; Atomics.load(sync, 1) < pieces; turn++) {
          // A browser's page may not sleep.
          if (patient && turn > 5000) Atomics.wait(sync, 1, Atomics.load(sync, 1), 0.05);
        }
      });
    },
    close() {
      Atomics.store(sync, 3, 1);
      Atomics.notify(sync, 0);
      for (const helper of helpers.splice(0)) helper.end();
    },
  };
}
