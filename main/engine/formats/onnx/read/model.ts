/**
 * What an ONNX file holds, as far as Espalier reads it. Nothing here is checked against the meaning of the operators, and
 * the numbers of tensors stay as bytes of the file until somebody asks for them.
 */

/** Where a tensor's numbers are: the bytes of the file, or a part of another file. */
export type TensorSource =
  /** Little-endian values. */
  | { readonly kind: 'raw'; readonly bytes: Uint8Array }
  /** A packed list of variable-length integers, the form of int32_data and int64_data. */
  | { readonly kind: 'varints'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'external';
      readonly location: string;
      readonly offset: number;
      readonly length?: number;
    }
  /** Values at positions of the flat tensor; all others are zero. */
  | { readonly kind: 'sparse'; readonly values: ReadTensor; readonly indices: ReadTensor }
  | { readonly kind: 'none' };

export interface ReadTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** TensorProto.DataType. */
  readonly type: number;
  readonly source: TensorSource;
}

/**
 * As `OnnxAttribute` of the messages that are written; `{graph}` is a branch or a loop's body, `{ref}` in a function names the
 * attribute of its call that is meant, and `{other}` names a kind of value that Espalier does not read.
 */
export type ReadAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: ReadTensor }
  | { readonly graph: ReadGraph }
  | { readonly ref: string }
  | { readonly other: string };

export interface ReadNode {
  /** Its place among the file's nodes, from 0; in a function or branch, the place of the node that it is a part of. */
  readonly place: number;
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  /** Tells functions of one name apart. */
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: ReadonlyMap<string, ReadAttribute>;
}

export interface ReadValue {
  readonly name: string;
  /** TensorProto.DataType, 0 when the file does not say. */
  readonly type: number;
  /** A text is a symbolic dimension, null an unknown one; undefined when the file does not give the shape. */
  readonly dims?: readonly (number | string | null)[];
}

/** A graph by itself: that of the file, or a branch, which may also read values of the graph around it. */
export interface ReadGraph {
  readonly name: string;
  readonly nodes: readonly ReadNode[];
  readonly initializers: readonly ReadTensor[];
  readonly inputs: readonly ReadValue[];
  readonly outputs: readonly ReadValue[];
}

/** An operator that the file brings along, made of other ones. */
export interface ReadFunction extends Pick<ReadNode, 'name' | 'domain' | 'overload'> {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that a call may leave out. */
  readonly defaults: ReadonlyMap<string, ReadAttribute>;
  readonly nodes: readonly ReadNode[];
  /** Version of the ai.onnx operators in it; 0 when it does not say. */
  readonly opset: number;
}

export interface ReadModel extends ReadGraph {
  /** Size of the file in bytes. */
  readonly bytes: number;
  readonly irVersion: number;
  /** Version of the ai.onnx operators. */
  readonly opset: number;
  readonly producer: string;
  readonly functions: readonly ReadFunction[];
  readonly metadata: Readonly<Record<string, string>>;
}
