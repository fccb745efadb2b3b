/** Specs that pass on tfjs's own cpu backend and fail on ours, each with its reason. Whatever else fails is a defect. */
type Exclusions = Readonly<Record<string, string>>;

const exclusions: Exclusions = {
  'Switching cpu backends tested {} Move data from cpu1 to cpu2 backend':
    "tfjs defines this spec only where the tested backend's name is 'cpu'",
  'Switching cpu backends tested {} can execute op with data from mixed backends':
    "tfjs defines this spec only where the tested backend's name is 'cpu'",
};

const NAN = 'WGSL lets a driver assume that there are no NaNs; SwiftShader, where this was seen, drops them';
const ANGLE =
  'WGSL asks for an absolute error of 2^-11 of sine and cosine, tfjs for 1e-3 of what is made of them';

/** What fails on an execution provider other than the CPU besides. */
const providerExclusions: Readonly<Record<string, Exclusions>> = {
  webgpu: {
    'debug off tested {} no errors where there are nans, and debug mode is disabled': NAN,
    'pow tested {} negative base and fract exponent NaN': NAN,
    'clipByValue tested {} basic vec4': NAN,
    'clipByValue tested {} propagates NaNs': NAN,
    'log tested {} log propagates NaNs': NAN,
    'log tested {} negtive values': NAN,
    'logLoss tested {} 1D - Check for negative values': NAN,
    'relu tested {} propagates NaNs, float32': NAN,
    'sigmoid tested {} propagates NaNs': NAN,
    'softmax tested {} Propagates NaNs': NAN,
    'step kernel tested {} propagates NaNs': NAN,
    'cos tested {} gradients: Scalar': ANGLE,
    'cos tested {} gradient with clones': ANGLE,
    'tan tested {} gradients: Tensor2D': ANGLE,
  },
};

/** The exclusions of an execution provider, by the specs' names. */
export function exclusionsOf(provider: string): Exclusions {
  return { ...exclusions, ...providerExclusions[provider] };
}
