import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { graphicsEnvironment, webgpuProblem } from '../../conformance/swiftshader.ts';

const STEPS = 20;
/** Small images: a driver without a GPU is slow. */
const SIZE = 16;
const script = new URL('./losses.ts', import.meta.url).pathname;
const courseScript = new URL('./course.ts', import.meta.url).pathname;
const placementScript = new URL('./placement.ts', import.meta.url).pathname;

interface Course {
  readonly numbers: Record<string, string>;
  /** Tensors moved to the device and back so far, at each point. */
  readonly moves: Record<string, readonly [number, number]>;
  readonly entries: number;
}

async function course(device: string, env = process.env): Promise<Course> {
  const options = { env, maxBuffer: 2 ** 25 };
  const { stdout } = await promisify(execFile)(process.execPath, [courseScript, device], options);
  return JSON.parse(stdout) as Course;
}

function floats(text: string | undefined): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text ?? '', 'base64')).buffer);
}

async function losses(device: string, network: string, env = process.env): Promise<number[]> {
  const args = [script, device, network, String(STEPS), String(SIZE)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  const course = JSON.parse(stdout) as { losses: number[]; traced: boolean };
  expect(course.traced, `${network} on ${device} is one graph`).toBe(true);
  return course.losses;
}

const environment = await graphicsEnvironment().catch((error: unknown) => String(error));
const missing = typeof environment === 'string' ? ` (skipped: ${environment})` : '';

describe.skipIf(missing !== '')(`the webgpu device${missing}`, () => {
  it.each(['lenet-300-100', 'lenet-5-caffe'])(
    'trains %s to the losses of the CPU',
    async (network) => {
      const expected = await losses('onnxruntime', network);
      const actual = await losses('webgpu', network, environment as NodeJS.ProcessEnv);
      expect(actual).toHaveLength(STEPS);
      expected.forEach((loss, i) => expect(Math.abs((actual[i] ?? NaN) - loss)).toBeLessThan(1e-3));
    },
    240_000,
  );

  it('keeps the state on the device, moves only what is read or written, and ends with the weights of the CPU', async () => {
    const expected = await course('onnxruntime');
    const { numbers, moves, entries } = await course('webgpu', environment as NodeJS.ProcessEnv);
    expect(moves).toEqual({
      'after steps': [entries, 0],
      'after evaluation': [entries, 0],
      'after a change and steps': [entries + 1, 1],
      'at the end': [entries + 1, 1 + entries],
    });
    expect(Object.keys(numbers)).toEqual(Object.keys(expected.numbers));
    for (const [name, text] of Object.entries(expected.numbers)) {
      const actual = floats(numbers[name]);
      const largest = floats(text).reduce(
        (worst, value, i) => Math.max(worst, Math.abs(value - (actual[i] ?? NaN))),
        0,
      );
      expect(largest, name).toBeLessThan(1e-4);
    }
  }, 240_000);

  it('runs every operation of a step', async () => {
    const args = [placementScript, 'webgpu', 'lenet-5-caffe'];
    const env = environment as NodeJS.ProcessEnv;
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(JSON.parse(stdout)).toEqual([]);
  }, 240_000);
});

it.skipIf(process.platform !== 'linux')(
  'says in one sentence what a machine without a driver lacks',
  async () => {
    const problem = await webgpuProblem({
      ...process.env,
      VK_ICD_FILENAMES: '/nowhere.json',
      VK_DRIVER_FILES: '',
    });
    expect(problem).toBe(
      "There is no graphics driver here that WebGPU can use (Vulkan's loader, libvulkan.so.1, and a driver are needed).",
    );
  },
);
