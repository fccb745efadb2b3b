import { z } from 'zod';

const words = (what: string) => z.string().min(1).max(500).optional().describe(what);

/** What only the person knows of a run's network and data: their licences and where they come from. */
export const cardSchema = z
  .strictObject({
    license: words(
      'Licence of the compressed network, as its owner says: apache-2.0, mit, a name of its own',
    ),
    author: words('Who the model card names as the one who made it'),
    weights: words('Where the weights that the run began with come from, and under which licence'),
    data: words('Where the data come from, and under which licence'),
  })
  .describe(
    'For the model card and the license note beside the exports: what is known of where things come from. What is left out is said to be unknown',
  );
