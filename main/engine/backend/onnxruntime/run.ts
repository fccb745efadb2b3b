import { blockSize } from './block-size.ts';
import { encode, keyOf, Names } from './compile.ts';
import { cpuNodes } from './faults.ts';
import type { HostArray, Value } from './graph.ts';
import { type Lowered, lower } from './lowered.ts';
import { emptyTensor, Session, type SessionOptions, tensorOf } from './session.ts';
import { UntraceableError } from './untraceable.ts';

/** How many compiled graphs of eagerly run code are kept; the least recently used goes first. */
const MAX_SESSIONS = 128;

/** Running: computes recorded values, compiling each structure once. */
export class Runner {
  readonly options: SessionOptions;
  private readonly sessions = new Map<string, Session>();
  /** Models compiled so far. */
  compiled = 0;

  /** The preferred execution provider. */
  readonly provider: string;
  /** See `Graph.block`. */
  readonly block: number | undefined;

  constructor(options: SessionOptions) {
    this.options = options;
    this.provider = options.providers[0] ?? 'cpu';
    this.block = blockSize(options);
  }

  /** Graphs that are kept compiled now. */
  get cached(): number {
    return this.sessions.size;
  }

  /** Computes the values and lets them be leaves of whatever comes later. */
  compute(values: ReadonlySet<Value>): void {
    const wanted = [...values].filter((value) => value.data === undefined);
    const graph = lower(wanted, false);
    const unknown = graph.feeds.find((feed) => feed.data === undefined);
    if (unknown !== undefined) {
      throw new UntraceableError(
        `The step reads numbers that depend on '${unknown.name ?? ''}' while it is traced.`,
      );
    }
    const names = new Names(graph);
    const session = this.sessionFor(graph, names);
    const feeds = Object.fromEntries(
      graph.feeds.map((feed, i) => [
        names.feeds[i] ?? '',
        tensorOf(feed.type, feed.data as HostArray, feed.shape),
      ]),
    );
    const results = wanted.map((value) => emptyTensor(value.type, value.shape));
    session.run(feeds, Object.fromEntries(results.map((tensor, i) => [names.outputs[i] ?? '', tensor])));
    wanted.forEach((value, i) => value.resolve(results[i]?.data as HostArray));
  }

  private sessionFor(graph: Lowered, names: Names): Session {
    const key = keyOf(graph, names);
    const known = this.sessions.get(key);
    if (known !== undefined) {
      this.sessions.delete(key);
      this.sessions.set(key, known);
      return known;
    }
    // Optimising harder costs more than one eager run gains.
    const session = new Session(
      encode(graph, names),
      { ...this.options, optimize: 'basic', spin: false },
      { cpuNodes: cpuNodes(graph, this.provider) },
    );
    this.compiled++;
    this.sessions.set(key, session);
    const [oldest] = this.sessions;
    if (this.sessions.size > MAX_SESSIONS && oldest !== undefined) {
      oldest[1].dispose();
      this.sessions.delete(oldest[0]);
    }
    return session;
  }

  dispose(): void {
    for (const session of this.sessions.values()) session.dispose();
    this.sessions.clear();
  }
}
