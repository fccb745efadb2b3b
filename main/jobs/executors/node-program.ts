import { access, constants, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { inputError } from '../../contract/errors.ts';

const FIELD = 'elsewhere.program';
/** The command within an installed package. */
const COMMAND = join('resources', 'bin', 'espalier.mjs');
/** Where npm puts a package within a folder that it installs into. */
const PLACES = ['.', 'node_modules/espalier', 'lib/node_modules/espalier'];

const packageSchema = z.object({ name: z.literal('espalier'), version: z.string() });

/**
 * The command that nodes start, of what a person gave for it: its name, its path, or the folder of an installed package. What is not on
 * this machine may still be on the nodes; what is here is looked at.
 * @throws EspalierError 'executor/program', 'executor/other-version'
 */
export async function nodeProgram(given: string, version: string): Promise<string> {
  if (given === 'espalier') return given;
  const found = await stat(given).catch(() => undefined);
  if (found?.isDirectory() === true) return commandIn(given, version);
  if (!/^espalier(\.mjs)?$/.test(basename(given))) {
    throw wrong(
      given,
      found === undefined ? 'There is no such folder here.' : 'This is not the espalier command.',
    );
  }
  if (found !== undefined) {
    await access(given, constants.X_OK).catch(() => {
      throw wrong(given, 'This file may not be started.');
    });
  }
  return given;
}

async function commandIn(folder: string, version: string): Promise<string> {
  for (const place of PLACES) {
    const at = join(folder, place);
    const text = await readFile(join(at, 'package.json'), 'utf8').catch(() => 'null');
    const read = packageSchema.safeParse(jsonOr(text));
    if (!read.success) continue;
    if (read.data.version !== version) {
      throw inputError(
        'executor/other-version',
        `The package there is version ${read.data.version}, and this program is version ${version}.`,
        { file: at, field: FIELD, remedy: 'Use the same version of Espalier everywhere.' },
      );
    }
    const command = join(at, COMMAND);
    await access(command, constants.X_OK).catch(() => {
      throw wrong(command, 'The installed package lacks its command, or it may not be started.');
    });
    return command;
  }
  throw wrong(folder, 'There is no installed package of Espalier in this folder.');
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const wrong = (file: string, message: string) =>
  inputError('executor/program', message, {
    file,
    field: FIELD,
    remedy: "Give the nodes' espalier command by its path, or the folder that npm installed it into.",
  });
