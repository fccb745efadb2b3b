import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import type { Report } from '../../../main/contract/report.ts';
import { cardsOf } from '../../../main/engine/report/cards.ts';
import { licenseFields } from '../../../main/engine/report/licenses.ts';
import { sampleReport, side } from './sample.ts';

/** The fields of a front matter that Hugging Face publishes (hub-docs, modelcard.md); any other name is a mistake. */
const id = z.string().regex(/^[a-z0-9][a-z0-9.+-]*$/);
const published = z.strictObject({
  license: id,
  license_name: id.optional(),
  license_link: z.string().optional(),
  library_name: z.string().optional(),
  pipeline_tag: z.enum(['image-classification', 'tabular-classification']).optional(),
  language: z.array(z.string()).optional(),
  tags: z.array(z.string()),
  datasets: z.array(z.string().regex(/^[\w.-]+(\/[\w.-]+)?$/)),
  metrics: z.array(z.string()),
  base_model: z.string().optional(),
  'model-index': z.array(
    z.strictObject({
      name: z.string(),
      results: z.array(
        z.strictObject({
          task: z.strictObject({ type: z.string(), name: z.string().optional() }),
          dataset: z.strictObject({
            type: z.string(),
            name: z.string(),
            config: z.string().optional(),
            split: z.string().optional(),
            revision: z.string().optional(),
          }),
          metrics: z.array(
            z.strictObject({ type: z.string(), value: z.number(), name: z.string().optional() }),
          ),
        }),
      ),
    }),
  ),
});

function cards(report: Report) {
  const [card, note] = cardsOf(report, report.files);
  const [, front = '', ...rest] = (card?.text ?? '').split(/^---\n/m);
  return { front: published.parse(parse(front)), body: rest.join('---\n'), note: note?.text ?? '' };
}

/** A report of the sample's figures for another recipe. */
const reportOf = (change: Partial<RecipeInput>, more: Partial<Report> = {}): Report => {
  const base = sampleReport(more);
  return { ...base, recipe: recipeSchema.parse({ ...base.recipe, ...change }) };
};

const files: Partial<RecipeInput> = {
  network: '/home/ann/secret project/net.onnx',
  dense: undefined,
  data: { kind: 'images', path: 'C:\\Users\\ann\\cats', height: 32, width: 32 },
};

describe('a model card', () => {
  it('has the front matter that Hugging Face publishes, with the results of the report', () => {
    const report = sampleReport();
    const { front, body } = cards(report);
    expect(front.license).toBe('unknown');
    expect(front.pipeline_tag).toBe('image-classification');
    expect(front.library_name).toBe('onnx');
    expect(front.tags).toContain('pruning');
    const [index] = front['model-index'];
    expect(index?.name).toBe(report.name);
    expect(index?.results[0]?.metrics).toEqual([
      { type: 'accuracy', value: report.compressed.accuracy, name: 'Accuracy' },
    ]);
    expect(index?.results[0]?.dataset).toMatchObject({ name: report.data.name, split: 'test' });
    expect(front.datasets).toEqual([index?.results[0]?.dataset.type]);
    expect(body).toMatch(/^\| Test accuracy \| 97\.85\s%\s\| 97\.65\s%\s\|/m);
    for (const { sha256 } of report.files) expect(body).toContain(sha256);
  });

  it('has both F1s of data whose samples may have several classes, and says tables are tables', () => {
    const base = sampleReport();
    const f1 = { micro: 0.8, macro: 0.7 };
    const { front } = cards(
      reportOf(
        { data: { kind: 'csv', path: 'a.csv', labels: ['a', 'b'] } },
        {
          compressed: { ...base.compressed, f1 },
          dense: side({ f1 }),
          network: { ...base.network, inputShape: [8] },
        },
      ),
    );
    expect(front.pipeline_tag).toBe('tabular-classification');
    expect(front.metrics).toEqual(['accuracy', 'f1']);
    expect(front['model-index'][0]?.results[0]?.metrics.map(({ value }) => value)).toEqual([
      base.compressed.accuracy,
      0.8,
      0.7,
    ]);
  });

  it('is the same whatever the clock says, and where a run is logged', () => {
    const report = sampleReport();
    const other = reportOf(
      { logs: ['tensorboard'] },
      {
        createdAt: '2031-01-01T00:00:00.000Z',
        timings: { total: 1, stages: [] },
        compressed: {
          ...report.compressed,
          latencyMs: { median: 9, p90: 9, p95: 9, batch: 1, threads: 1, runs: 3 },
        },
      },
    );
    expect(cardsOf(other, report.files)).toEqual(cardsOf(report, report.files));
  });

  it('calls files by their names, not by where they lie', () => {
    const { body, note } = cards(reportOf(files));
    expect(body).toContain('net.onnx');
    expect(body).toContain('cats');
    for (const text of [body, note]) {
      expect(text).not.toMatch(/\bann\b/);
      expect(text).not.toContain('secret');
    }
  });

  it('shows names from outside as texts', () => {
    const base = sampleReport();
    const name = 'a <script>alert(1)</script> | [b](javascript:c)\n# d';
    const { front, body, note } = cards({
      ...base,
      name,
      data: { ...base.data, name: '---\nlicense: mit', classes: ['<img src=x>', '|', '`'] },
    });
    expect(front['model-index'][0]?.name).toBe(name);
    expect(front.license).toBe('unknown');
    for (const text of [body, note]) {
      expect(text).not.toMatch(/(?<!\\)<(script|img)/);
      expect(text).not.toMatch(/(?<!\\)\]\(javascript/);
      expect(text).not.toMatch(/^# d/m);
    }
  });
});

describe('a license note', () => {
  it('says what is known of weights and data that were made here', () => {
    const { note } = cards(sampleReport());
    expect(note).toContain('Drawn at random and trained by Espalier');
    expect(note).toContain('no data of anybody');
    expect(note).toContain('Nobody has said under which licence');
  });

  it('says that it does not know of files, and what a file or the recipe says', () => {
    const plain = cards(reportOf(files)).note;
    expect(plain.match(/Not known to the program/g)).toHaveLength(3);
    const base = sampleReport();
    const origin = { form: 'ONNX (opset 17), by pytorch 2.4', says: { license: 'CC-BY-4.0' } };
    const told = cards(reportOf(files, { network: { ...base.network, origin } })).note;
    expect(told).toContain('license: CC-BY-4.0');
    expect(told).toContain('pytorch 2.4');
    const card = { license: 'Apache 2.0', weights: 'Their site, MIT', data: 'Our own pictures' };
    const { front, note } = cards(reportOf({ ...files, card }));
    expect(front.license).toBe('apache-2.0');
    expect(note).toContain('**Apache 2.0** (apache-2.0)');
    expect(note).toContain('The recipe says: Their site, MIT');
    expect(note).toContain('The recipe says: Our own pictures');
  });

  it('has licences by the names that the cards know, and others as such', () => {
    expect(licenseFields(undefined)).toEqual({ license: 'unknown' });
    expect(licenseFields('MIT')).toEqual({ license: 'mit' });
    expect(licenseFields('Our House: Terms 2')).toEqual({
      license: 'other',
      license_name: 'our-house-terms-2',
    });
    expect(licenseFields('©')).toEqual({ license: 'other', license_name: 'own' });
  });
});
