/** 'model.onnx' of '/home/me/nets/model.onnx' or 'C:\\nets\\model.onnx'; a name without folders stays as it is. */
export const lastPart = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? '';
