import type { Network } from '../../../main/engine/network/graph.ts';

/** Two producers that meet in an add: conv A -> BN A, conv C -> BN C, add, ReLU, conv B, all 1x1 and of three channels. */
export const network: Network = (() => {
  const params: Record<string, Network['params'][string]> = {};
  const conv = (name: string, ins: string, out: number, from: number) => {
    params[`${name}.weight`] = { shape: [out, from, 1, 1], role: 'weight', init: { kind: 'zeros' } };
    return { name, op: 'Conv2D', inputs: [ins], outputs: [name], params: { weight: `${name}.weight` }, attrs: {} };
  };
  const norm = (name: string, ins: string) => {
    const roles = { scale: 'scale', shift: 'shift', mean: 'mean', variance: 'variance' } as const;
    for (const role of Object.values(roles))
      params[`${name}.${role}`] = { shape: [3], role, init: { kind: 'zeros' } };
    const named = Object.fromEntries(Object.keys(roles).map((role) => [role, `${name}.${role}`]));
    return { name, op: 'BatchNorm', inputs: [ins], outputs: [name], params: named, attrs: {} };
  };
  const plain = (name: string, op: string, inputs: string[]) => ({ name, op, inputs, outputs: [name], params: {}, attrs: {} });
  const nodes = [
    conv('A', 'x', 3, 2),
    norm('bnA', 'A'),
    conv('C', 'x', 3, 2),
    norm('bnC', 'C'),
    plain('sum', 'Add', ['bnA', 'bnC']),
    plain('relu', 'Relu', ['sum']),
    conv('B', 'relu', 2, 3),
  ];
  return { name: 'worked', inputs: [{ name: 'x', shape: [2, 4, 4] }], outputs: ['B'], nodes, params };
})(); // prettier-ignore

/** Weights and scales by parameter, and gradients of them. */
export const W = {
  'A.weight': [1, -2, 0.5, 0.5, -1.5, 0.25],
  'bnA.scale': [0.8, -0.1, 1.2],
  'C.weight': [0.2, 0.4, 1, -1, 0.1, 0.3],
  'bnC.scale': [0.5, 0.9, 0.05],
  'B.weight': [0.6, -0.3, 0.9, -1.2, 0.1, 0.4],
};
export const G = {
  'A.weight': [0.1, 0.05, -0.2, 0.3, 0.02, -0.04],
  'bnA.scale': [0.05, 0.3, -0.02],
  'C.weight': [-0.3, 0.1, 0.05, 0.2, 0.5, -0.1],
  'bnC.scale': [-0.1, 0.02, 0.4],
  'B.weight': [0.2, -0.5, 0.01, 0.1, 0.4, -0.03],
};

/** What the gradients of three samples are times those of all, by the layer that the parameter is of. */
export const SAMPLES = { A: [1, -0.5, 2], C: [1, 1.5, -0.5], B: [0.5, 1, 1] };
