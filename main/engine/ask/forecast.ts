import type { Forecast } from '../../contract/forecast.ts';
import { forecastOf } from '../compress/forecast.ts';
import { fusesLayers } from '../compress/fusion/fuses.ts';
import { adviceOn } from '../compress/plan/advice.ts';
import { remarksOn } from '../compress/plan/remarks.ts';
import type { Control } from '../base/control.ts';
import { foreseeFusions } from './fusions.ts';
import { foresee, type ForecastOptions, type Foreseen } from './foresee.ts';

/**
 * Which layers a recipe's budget would empty, and what protection would do about it. Nothing is trained: masks that the run
 * makes from its initial weights are made as it makes them, others from the weights at hand.
 * @throws EspalierError when the recipe is at fault.
 * @throws CancelledError when it was cancelled.
 */
export function forecastRecipe(options: ForecastOptions, control: Control): Promise<Forecast> {
  return fusesLayers(options.recipe)
    ? foreseeFusions(options, control, async ({ forecast }) => forecast)
    : foresee(options, control, async (foreseen) => layersForecast(foreseen));
}

/** What is left of every layer, and what is to be said of that. */
export function layersForecast({ context, stages, prospect, ...made }: Foreseen): Forecast {
  const { stage, selection, basis } = prospect;
  const { criterion, scope, protect = true } = selection;
  const { network } = context.data.model;
  const { classes, read } = context.dataset;
  const { share: sparsity, masks, protectedMasks } = made;
  const found = { criterion, scope, sparsity, basis, protect, masks, protectedMasks };
  const forecast = forecastOf(network, classes, found);
  const words: Forecast['words'] = [
    ...adviceOn(stages).map((text) => ({ level: 'warning' as const, text })),
    ...forecast.words,
    ...remarksOn([stage], network).map((text) => ({ level: 'info' as const, text })),
  ];
  return { ...forecast, words, ...(read && { data: read }) };
}
