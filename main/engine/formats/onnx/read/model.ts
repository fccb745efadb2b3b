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

/** As `OnnxAttribute` of `proto.ts`; `{other}` names a kind of value that Espalier does not read (texts, graphs). */
export type ReadAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: ReadTensor }
  | { readonly other: string };

export interface ReadNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
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

export interface ReadModel {
  /** Size of the file in bytes. */
  readonly bytes: number;
  readonly irVersion: number;
  /** Version of the ai.onnx operators. */
  readonly opset: number;
  readonly producer: string;
  readonly name: string;
  readonly nodes: readonly ReadNode[];
  readonly initializers: readonly ReadTensor[];
  readonly inputs: readonly ReadValue[];
  readonly outputs: readonly ReadValue[];
  readonly metadata: Readonly<Record<string, string>>;
}
