import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('./probe-webgpu.ts', import.meta.url));

/** Where browsers lie that bring SwiftShader, a Vulkan driver that needs no GPU, and Vulkan's loader. */
const FOLDERS = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

/**
 * Why a process in this environment cannot use WebGPU; null when it can. A process of its own, because the environment is read at its
 * start and a driver may end it.
 */
export async function webgpuProblem(env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env, timeout: 60_000 });
  return JSON.parse(stdout) as string | null;
}

/**
 * The environment in which a process finds a Vulkan driver: this process's own where a driver is named or a GPU answers, else
 * SwiftShader's from an installed browser.
 * @throws with the reason where there is neither
 */
export async function graphicsEnvironment(): Promise<NodeJS.ProcessEnv> {
  const problem = await webgpuProblem();
  if (problem === null) return process.env;
  const folder = FOLDERS.find((each) => existsSync(join(each, 'vk_swiftshader_icd.json')));
  if (folder === undefined) throw new Error(`${problem} Nor is there a browser with SwiftShader.`);
  const libraries = [process.env['LD_LIBRARY_PATH'], folder].filter((each) => each !== undefined);
  const environment = {
    ...process.env,
    VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
    // The loader is looked for where the system has it first, if it does.
    LD_LIBRARY_PATH: libraries.join(':'),
  };
  const stillMissing = await webgpuProblem(environment);
  if (stillMissing !== null) throw new Error(`With SwiftShader from ${folder}: ${stillMissing}`);
  return environment;
}
