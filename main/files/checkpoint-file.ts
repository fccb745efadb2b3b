/**
 * The file in a run's folder that says where the run stands: weights, masks and optimiser slots as tensors, the rest as JSON in
 * its metadata. It is replaced as a whole, so there is always one that is complete.
 */
export const CHECKPOINT_FILE = 'checkpoint.safetensors';
