import { z } from 'zod';
import { formatPercent } from '../../../words/format.ts';

/** What an export's texts say of a network, as far as they do. */
export interface AboutNetwork {
  readonly labels: readonly string[];
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] } | null;
  readonly accuracy: number | null;
  readonly sparsity: number | null;
}

const labelsSchema = z.array(z.string());
const normalizationSchema = z.object({ mean: z.array(z.number()), std: z.array(z.number()) });

/** Reads the texts that every export gets (see metadata.ts). */
export function aboutOf(metadata: Readonly<Record<string, string>>): AboutNetwork {
  const parsed = <T>(key: string, schema: z.ZodType<T>): T | undefined => {
    const text = metadata[key];
    return text === undefined ? undefined : schema.safeParse(JSON.parse(text)).data;
  };
  const number = (key: string) => (metadata[key] === undefined ? null : Number(metadata[key]));
  return {
    labels: parsed('espalier.classes', labelsSchema) ?? [],
    normalization: parsed('espalier.normalization', normalizationSchema) ?? null,
    accuracy: number('espalier.accuracy'),
    sparsity: number('espalier.sparsity'),
  };
}

/** The same in lines of text. */
export function aboutLines({ labels, normalization, accuracy, sparsity }: AboutNetwork): string[] {
  return [
    ...(accuracy === null ? [] : [`Right for ${formatPercent(accuracy)} of the test samples.`]),
    ...(sparsity === null ? [] : [`${formatPercent(sparsity)} of the prunable weights are zero.`]),
    ...(normalization === null
      ? []
      : [
          `Samples are normalised by channel: mean ${normalization.mean.join(', ')}, deviation ${normalization.std.join(', ')}.`,
        ]),
    ...(labels.length === 0 ? [] : [`Classes: ${labels.join(', ')}.`]),
  ];
}
