/** One score per weight of each parameter, in the parameter's own order. Higher = keep. */
export type ScoreSet = Map<string, Float32Array | Float64Array>;
