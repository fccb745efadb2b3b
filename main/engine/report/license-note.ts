import type { Report } from '../../contract/report.ts';
import { licenseFields } from './licenses.ts';
import { originsOf, plain } from './origins.ts';

/** Under which terms a run's exports stand and where what is in them comes from; what is not known is said so. */
export function licenseNote(report: Report, made: string): string {
  const license = report.recipe.card?.license;
  const { license: id } = licenseFields(license);
  const stated =
    license === undefined
      ? 'Nobody has said under which licence this network may be used. Ask whoever gave it to you before you use it or hand it on; if it is yours, say it in the recipe (`card: { license: ... }`).'
      : `As the recipe says: **${plain(license)}**${id === 'other' || id === 'unknown' ? '' : ` (${id})`}. Espalier has not checked whether the terms of the weights and data below allow that.`;
  const origins = originsOf(report).map(
    ({ what, from, license: terms }) => `## ${what}\n\n- From: ${from}\n- Licence: ${terms}\n`,
  );
  return `# License note: ${plain(report.name)}

${stated}

${origins.join('\n')}
## Program

Espalier is under the MIT license, which makes no claim to the networks that it prunes. Files exported as C or WebAssembly hold kernels that are
its own code, under that license.

_${made} It is no legal advice._
`;
}
