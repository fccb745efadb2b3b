/** Attributes of TensorFlow's operations as its JSON has them: texts in base64, integers as texts. */
export type GraphAttr = Readonly<Record<string, unknown>>;

export const float: GraphAttr = { type: 'DT_FLOAT' };
export const int32: GraphAttr = { type: 'DT_INT32' };
export const text = (value: string): GraphAttr => ({ s: Buffer.from(value).toString('base64') });
export const integer = (value: number): GraphAttr => ({ i: String(value) });
export const number = (value: number): GraphAttr => ({ f: value });
export const flag = (value: boolean): GraphAttr => ({ b: value });
export const integers = (values: readonly number[]): GraphAttr => ({ list: { i: values.map(String) } });
export const shapeOf = (shape: readonly number[]) => ({ dim: shape.map((size) => ({ size: String(size) })) });
