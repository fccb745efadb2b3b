import type { Recipe } from '../contract/recipe.ts';
import { CancelledError, Control } from '../engine/base/control.ts';
import type { Foretold, SpeedOptions } from '../engine/ask/speed.ts';
import { speedFolder } from '../files/folders.ts';
import { probeProvider } from '../jobs/probe.ts';
import { formatPercent } from '../words/format.ts';
import type { CliContext } from './context.ts';
import type { CommonOptions } from './options.ts';

/** What is foretold of. */
interface Asked {
  readonly recipe: Recipe;
  readonly baseFolder: string;
  readonly device: string;
}

/**
 * Foretells what a recipe's budget leaves and how fast that is here, with progress on the terminal.
 * @returns null when it was interrupted
 */
export async function foretellWatched(
  context: CliContext,
  asked: Asked,
  how: Pick<SpeedOptions, 'targets' | 'call' | 'again' | 'gains' | 'cost' | 'threads'>,
  { quiet }: Pick<CommonOptions, 'quiet'>,
): Promise<Foretold | null> {
  // With native parts: loaded only when something is computed.
  const { speedForecast } = await import('../engine/ask/speed.ts');
  const control = new Control();
  const ignore = context.onInterrupt(() => control.cancel());
  const watched = context.stderr.isTTY === true && !quiet;
  try {
    const progress = (fraction: number) => {
      const text = fraction < 1 ? `Forecasting ${formatPercent(fraction, 0)}` : '';
      if (watched) context.stderr.write(`\r\u001b[2K${text}`);
    };
    const more = {
      progress,
      cacheFolder: speedFolder(),
      probe: (provider: Parameters<typeof probeProvider>[1]) => probeProvider(context.startEngine, provider),
    };
    return await speedForecast({ ...asked, ...how, ...more }, control);
  } catch (error) {
    if (error instanceof CancelledError) return null;
    throw error;
  } finally {
    ignore();
  }
}
