import { recipeJsonSchema } from '../../engine/recipe/json-schema.ts';
import { withCommonOptions } from '../options.ts';
import type { Verb } from '../verb.ts';

export const schema: Verb = (program, context) => {
  const command = program.command('schema').description('print the JSON Schema of recipes, for editors');
  withCommonOptions(command).action(() => {
    context.stdout.write(`${JSON.stringify(recipeJsonSchema(), null, 2)}\n`);
  });
};
