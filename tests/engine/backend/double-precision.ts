/*
 * Central finite differences in double precision: tfjs's cpu backend allocates `Float32Array`s for everything, so giving that
 * name to 64-bit arrays before it is loaded turns it into a double precision backend. Prints, for every layer case and each
 * of its tensors, the derivatives at some positions, as JSON.
 */
globalThis.Float32Array = Float64Array as unknown as Float32ArrayConstructor;
const tf = await import('@tensorflow/tfjs-core');
const { cases } = await import('../network/cases.ts');
const { layerLoss } = await import('./layer-loss.ts');

export {};

const STEP = 1e-5;
const POSITIONS = 10;

await tf.setBackend('cpu');
// tfjs asks Node what a typed array is, and Node is not fooled by the name.
tf.env().platform.isTypedArray = (value): value is Float32Array => ArrayBuffer.isView(value);

const derivatives: Record<string, Record<string, { at: number; slope: number }[]>> = {};
for (const [title, entry] of Object.entries(cases)) {
  const { values, loss } = layerLoss(entry);
  const lossWith = (name: string, at: number, change: number): number =>
    tf.tidy(() => {
      const tensors = Object.entries(values).map(([key, { shape, data }]) => {
        const moved = data.slice();
        if (key === name) moved[at] = (moved[at] ?? NaN) + change;
        return [key, tf.tensor(moved, [...shape])] as const;
      });
      const [value = NaN] = loss(Object.fromEntries(tensors)).dataSync();
      return value;
    });
  derivatives[title] = {};
  for (const [name, { data }] of Object.entries(values)) {
    const count = Math.min(POSITIONS, data.length);
    derivatives[title][name] = Array.from({ length: count }, (_, i) => {
      const at = Math.floor((i * data.length) / count);
      return { at, slope: (lossWith(name, at, STEP) - lossWith(name, at, -STEP)) / (2 * STEP) };
    });
  }
}
console.log(JSON.stringify(derivatives));
