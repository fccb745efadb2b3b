import type { Problem } from '../contract/errors.ts';

/**
 * Why no engine can start on this kind of machine; null where one can. Asked before anything native is loaded, whose own words would be
 * those of a loader.
 */
export function machineProblem(
  platform: NodeJS.Platform = process.platform,
  architecture: string = process.arch,
): Problem | null {
  if (platform !== 'darwin' || architecture !== 'x64') return null;
  return {
    code: 'machine/unsupported',
    message:
      "This Node.js or this Mac is for Intel's processors, for which onnxruntime is not built any more.",
    remedy: "Use a Mac with an Apple processor, there with Node.js for 'arm64', or Linux or Windows.",
    kind: 'run',
  };
}
