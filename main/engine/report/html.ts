import type { Report } from '../../contract/report.ts';
import { dataSection } from './data-section.ts';
import { channelsSection } from './channels-section.ts';
import { classesSection, layersSection } from './layers.ts';
import { html, raw } from './markup.ts';
import { promisesSection } from './promises-section.ts';
import { provenanceSection } from './provenance.ts';
import { searchSection } from './search-section.ts';
import { sizesSection } from './sizes-section.ts';
import { STYLE } from './style.ts';
import {
  comparisonSection,
  curvesSection,
  findingsSection,
  headSection,
  warningsSection,
} from './summary.ts';

/**
 * The report as one HTML file that needs nothing else: no scripts, no fonts, no network; all text from outside is escaped.
 * The same report always gives the same file.
 */
export function renderReport(report: Report): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${report.name} · Espalier report</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <main>
          ${headSection(report)} ${warningsSection(report)} ${findingsSection(report)}
          ${promisesSection(report)} ${comparisonSection(report)} ${sizesSection(report)}
          ${curvesSection(report)} ${searchSection(report)} ${channelsSection(report)}
          ${layersSection(report)} ${classesSection(report)} ${dataSection(report)}
          ${provenanceSection(report)}
          <footer>
            Accuracy and loss are of the test part, which no step of the run has seen. Latency was measured on
            this machine, dense and compressed in turn. 1 kB = 1000 bytes.
          </footer>
        </main>
      </body>
    </html> `.text;
}
