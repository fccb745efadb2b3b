import type { Report } from '../../contract/report.ts';
import { dataSection } from './data-section.ts';
import { channelsSection } from './channels-section.ts';
import { classesSection, layersSection } from './layers.ts';
import { fusionsSection } from './fusions-section.ts';
import { html } from './markup.ts';
import { page } from './page.ts';
import { promisesSection } from './promises-section.ts';
import { provenanceSection } from './provenance.ts';
import { searchSection } from './search-section.ts';
import { sizesSection } from './sizes-section.ts';
import {
  comparisonSection,
  curvesSection,
  findingsSection,
  headSection,
  warningsSection,
} from './summary.ts';

/**
 * The report as one HTML file that needs nothing else. The same report always gives the same file.
 */
export function renderReport(report: Report): string {
  return page(
    `${report.name} · Espalier report`,
    html`${headSection(report)} ${warningsSection(report)} ${findingsSection(report)}
      ${promisesSection(report)} ${comparisonSection(report)} ${sizesSection(report)} ${curvesSection(report)}
      ${searchSection(report)} ${fusionsSection(report)} ${channelsSection(report)} ${layersSection(report)}
      ${classesSection(report)} ${dataSection(report)} ${provenanceSection(report)}
      <footer>
        Accuracy and loss are of the test part, which no step of the run has seen. Latency was measured on
        this machine, dense and compressed in turn. 1 kB = 1000 bytes.
      </footer>`,
  );
}
