import { inputError } from '../../../../../contract/errors.ts';
import type { ReadAttribute, ReadFunction, ReadGraph, ReadModel, ReadNode } from '../model.ts';
import { graphsOf, renamedNode } from './names.ts';

/** Bounds on what functions that call each other may become: far above what exporters write. */
const MAX = { nodes: 200_000, characters: 2 ** 26, depth: 64 };
/** From this version on, the operators that are read mean the same in every later one. */
const STABLE_OPSET = 13;

const idOf = ({ domain, overload }: ReadNode | ReadFunction, name: string) =>
  JSON.stringify([domain === 'ai.onnx' ? '' : domain, name, overload]);

/**
 * Puts the bodies of the file's own functions where they are called, also those that they call themselves.
 * @throws EspalierError when they call each other in a circle, or would become more nodes than any real network has
 */
export function withFunctionsInlined(model: ReadModel, file: string | undefined): ReadModel {
  if (model.functions.length === 0) return model;
  const inliner = new Inliner(model, file);
  return { ...model, nodes: model.nodes.flatMap((node) => inliner.expanded(node)) };
}

class Inliner {
  private readonly functions: ReadonlyMap<string, ReadFunction>;
  private readonly opset: number;
  private readonly file: string | undefined;
  private readonly calls: string[] = [];
  private count = 0;
  private nodes = 0;
  private characters = 0;

  constructor({ functions, opset }: ReadModel, file: string | undefined) {
    this.functions = new Map(functions.map((known) => [idOf(known, known.name), known]));
    this.opset = opset;
    this.file = file;
  }

  expanded(node: ReadNode): ReadNode[] {
    const known = this.functions.get(idOf(node, node.opType));
    if (known === undefined) return [this.withGraphs(node)];
    const id = idOf(node, node.opType);
    if (this.calls.includes(id)) throw this.refuse(known, 'calls itself');
    if (this.calls.length >= MAX.depth) {
      throw this.refuse(known, `is called through more than ${MAX.depth} others`);
    }
    if (known.opset > 0 && known.opset !== this.opset && Math.min(known.opset, this.opset) < STABLE_OPSET) {
      throw this.refuse(known, `is of opset ${known.opset}, and the model of opset ${this.opset}`);
    }
    this.calls.push(id);
    const body = this.body(node, known).flatMap((inner) => this.expanded(inner));
    this.calls.pop();
    return body;
  }

  /** A call's nodes, with the call's values and attributes in place of the function's own. */
  private body(call: ReadNode, { inputs, outputs, nodes, defaults }: ReadFunction): ReadNode[] {
    const prefix = `${call.name === '' ? (call.outputs[0] ?? '') : call.name}#${++this.count}`;
    const names = new Map<string, string>();
    inputs.forEach((name, i) => names.set(name, call.inputs[i] ?? ''));
    const passed: ReadNode[] = [];
    outputs.forEach((name, i) => {
      const wanted = call.outputs[i] ?? '';
      if (wanted === '') return;
      const known = names.get(name);
      if (known === undefined) names.set(name, wanted);
      // What comes in also goes out, or twice.
      else passed.push(identity(call, known, wanted));
    });
    const rename = (name: string): string => {
      const known = names.get(name);
      if (known !== undefined) return known;
      const made = `${prefix}/${name}`;
      this.spend(0, made.length);
      names.set(name, made);
      return made;
    };
    const attribute = (name: string) => call.attrs.get(name) ?? defaults.get(name);
    const body = nodes.map((node) => {
      this.spend(sizeOf(node), prefix.length + node.name.length);
      const name = node.name === '' ? '' : `${prefix}/${node.name}`;
      return { ...renamedNode(bound(node, attribute), rename), name, place: call.place };
    });
    return [...body, ...passed];
  }

  private withGraphs(node: ReadNode): ReadNode {
    if (graphsOf(node).length === 0) return node;
    const attrs = new Map(
      [...node.attrs].map(([key, value]): [string, ReadAttribute] => {
        if (typeof value !== 'object' || !('graph' in value)) return [key, value];
        const nodes = value.graph.nodes.flatMap((inner) => this.expanded(inner));
        return [key, { graph: { ...value.graph, nodes } }];
      }),
    );
    return { ...node, attrs };
  }

  private spend(nodes: number, characters: number): void {
    this.nodes += nodes;
    this.characters += characters;
    if (this.nodes <= MAX.nodes && this.characters <= MAX.characters) return;
    throw inputError('onnx/functions', 'the functions of the file become too many nodes', {
      file: this.file,
      remedy: 'Export the network without functions of its own.',
    });
  }

  private refuse({ domain, name }: ReadFunction, what: string): Error {
    return inputError('onnx/functions', `the function '${name}' of '${domain}' ${what}`, {
      file: this.file,
      field: name,
      remedy: 'Export the network without functions of its own.',
    });
  }
}

/** A node and those within it. */
function sizeOf(node: ReadNode): number {
  return graphsOf(node).reduce((sum, { nodes }) => nodes.reduce((n, inner) => n + sizeOf(inner), sum), 1);
}

function identity(call: ReadNode, from: string, to: string): ReadNode {
  return {
    place: call.place,
    name: '',
    opType: 'Identity',
    domain: '',
    overload: '',
    inputs: [from],
    outputs: [to],
    attrs: new Map(),
  };
}

/** A node with the attributes of the call where it refers to them; one that the call leaves out is left out. */
function bound(node: ReadNode, attribute: (name: string) => ReadAttribute | undefined): ReadNode {
  const attrs = new Map<string, ReadAttribute>();
  for (const [name, value] of node.attrs) {
    if (typeof value === 'object' && 'ref' in value) {
      const given = attribute(value.ref);
      if (given !== undefined) attrs.set(name, given);
    } else if (typeof value === 'object' && 'graph' in value) {
      attrs.set(name, { graph: boundGraph(value.graph, attribute) });
    } else attrs.set(name, value);
  }
  return { ...node, attrs };
}

function boundGraph(graph: ReadGraph, attribute: (name: string) => ReadAttribute | undefined): ReadGraph {
  return { ...graph, nodes: graph.nodes.map((node) => bound(node, attribute)) };
}
