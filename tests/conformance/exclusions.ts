/** Specs that pass on tfjs's own cpu backend and fail on ours, each with its reason. Whatever else fails is a defect. */
export const exclusions: Readonly<Record<string, string>> = {
  'Switching cpu backends tested {} Move data from cpu1 to cpu2 backend':
    "tfjs defines this spec only where the tested backend's name is 'cpu'",
  'Switching cpu backends tested {} can execute op with data from mixed backends':
    "tfjs defines this spec only where the tested backend's name is 'cpu'",
};
