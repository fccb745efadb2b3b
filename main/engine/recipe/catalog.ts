import type { Catalog } from '../../contract/catalog.ts';
import { budgets } from '../compress/budgets/index.ts';
import { criteria } from '../compress/criteria/index.ts';
import { paradigms } from '../compress/paradigms/index.ts';
import { keepsWeights, weightsThrownAway } from '../compress/plan/trained.ts';
import { schedules } from '../compress/schedules/index.ts';
import { scopes } from '../compress/scopes/index.ts';
import { structures } from '../compress/structures/index.ts';
import { settingsOf } from '../compress/settings.ts';
import { dataReaders } from '../data/readers/index.ts';
import { exportFormats } from '../formats/index.ts';
import { networkCost } from '../network/cost.ts';
import type { Registered } from '../base/registry.ts';
import { DEFAULT_CLASSES, zoo } from '../zoo/index.ts';

/** Everything there is to choose from, made from the registries. */
export function catalog(): Catalog {
  const words = ({ id, label, summary, aliases }: Registered) => ({
    id,
    label,
    summary,
    ...(aliases && { aliases }),
  });
  return {
    networks: zoo.items.map((entry) => {
      const cost = networkCost(entry.build({ input: entry.defaultInput, classes: DEFAULT_CLASSES }));
      return {
        ...words(entry),
        inputShape: [...entry.defaultInput],
        parameters: cost.parameters,
        macs: cost.macs,
      };
    }),
    data: Object.values(dataReaders).map((reader) => ({
      id: reader.kind,
      label: reader.label,
      summary: reader.summary,
    })),
    paradigms: paradigms.items.map(({ point, revision: _revision, differs: _differs, ...entry }) => {
      const { criterion, structure = 'element', scope, schedule, withoutNorms } = point;
      const otherwise = withoutNorms?.criterion ?? null;
      return {
        ...entry,
        denseOfTrained: keepsWeights(point) && point.train !== 'rewound' ? null : entry.defaults.dense,
        throwsAway: weightsThrownAway(point),
        presets: { criterion, structure, scope, schedule, otherwise },
        fuses: point.fuses === true,
        settings: [...settingsOf(point)],
      };
    }),
    criteria: criteria.items.map(words),
    structures: structures.items.map((one) => ({
      ...words(one),
      leaves: one.leaves === true,
      countsChannels: one.countsChannels === true,
    })),
    scopes: scopes.items.map(words),
    schedules: schedules.items.map(words),
    budgets: budgets.items.map(({ id, label, summary }) => ({ id, label, summary })),
    exports: exportFormats.items.map((format) => ({
      ...words(format),
      extension: format.extension,
      runs: format.weightsOnly !== true,
    })),
  };
}
