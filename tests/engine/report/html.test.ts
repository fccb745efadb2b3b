import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import type { Report } from '../../../main/contract/report.ts';
import { renderReport } from '../../../main/engine/report/html.ts';
import { side, sampleReport } from './sample.ts';

const CHROMIUM = '/usr/bin/chromium';

/** What a reader of the page gets back from escaped text. */
function unescape(text: string): string {
  const characters: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => characters[name] ?? '');
}

describe('renderReport', () => {
  it('holds the figures, the fingerprint and the verdict', () => {
    const report = sampleReport();
    const page = renderReport(report);
    for (const text of [
      '97.85 %',
      '97.65 %',
      '27,030',
      '215 kB',
      '−0.20 points',
      report.data.fingerprint,
      'fc2.weight',
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toContain('Smaller download, same speed');
  });

  it('holds a recipe that can be run again', () => {
    const report = sampleReport();
    const yaml = /<pre>([^]*?)<\/pre>/.exec(renderReport(report))?.[1] ?? '';
    expect(recipeSchema.parse(parse(unescape(yaml)))).toEqual(report.recipe);
  });

  it('repeats what the run warned of, and has no such part where it did not', () => {
    const warning = "Nothing is left of layer 'fc3.weight'.";
    const page = renderReport({ ...sampleReport(), warnings: [warning] });
    expect(unescape(page)).toContain(`<li>${warning}</li>`);
    expect(renderReport({ ...sampleReport(), warnings: [] })).not.toContain('Warnings');
  });

  it('draws searches for widths over their evaluations, names who won, and has no such part where there was none', () => {
    const found = (accuracy: number) => ({ accuracy, loss: 1, left: 0.4987 });
    const search: Report['search'] = {
      measure: 'macs',
      asked: 0.5,
      evaluations: 3,
      samples: 250,
      fineTune: 0,
      whole: { accuracy: 0.9, loss: 0.3 },
      winner: 'random',
      methods: [
        { method: 'constrained-rl', evaluations: 3, proposals: 4, best: found(0.5) },
        { method: 'random', evaluations: 3, proposals: 3, best: found(0.625) },
        { method: 'solver', evaluations: 3, proposals: 3, best: null },
      ],
      groups: [{ name: 'conv1', units: 16, kept: 6 }],
    };
    const point = (name: 'search/constrained-rl' | 'search/random', round: number, value: number) => ({
      name,
      step: 10,
      epoch: 1,
      stage: 2,
      round,
      value,
    });
    const history = [
      point('search/constrained-rl', 1, 0.5),
      point('search/random', 1, 0.375),
      point('search/random', 3, 0.625),
    ];
    const page = renderReport(sampleReport({ search, history }));
    expect(page).toContain('Random search won, of 3 methods.');
    expect(page).toMatch(/Random search<\/th>\s*<td class="number">3<\/td>\s*<td class="number">62\.50 %/);
    expect(page).toMatch(/conv1<\/th>\s*<td class="number">16<\/td>\s*<td class="number">6<\/td>/);
    expect(page).toContain(
      'Best accuracy so far, over evaluations: Constrained reinforcement learning from 50.0 % to 50.0 %; Random search from 37.5 % to 62.5 %',
    );
    expect(renderReport(sampleReport({ search: null }))).not.toContain('Search for widths');
  });

  it('lets no text from outside become markup', () => {
    const evil = `<script>alert("1")</script>'&`;
    const base = sampleReport();
    const page = renderReport({
      ...base,
      name: evil,
      verdict: evil,
      device: evil,
      versions: { [evil]: evil },
      network: { ...base.network, name: evil },
      data: { ...base.data, name: evil, fingerprint: evil, classes: base.data.classes.map(() => evil) },
      layers: base.layers.map((layer) => ({ ...layer, name: evil, op: evil, param: evil })),
      files: base.files.map((file) => ({ ...file, path: evil, kind: evil, format: evil, sha256: evil })),
      timings: { ...base.timings, stages: base.timings.stages.map((stage) => ({ ...stage, label: evil })) },
      checks: { ...base.checks, emptyLayers: [evil] },
      warnings: [evil],
      recipe: { ...base.recipe, name: evil, network: evil },
    });
    expect(page).not.toContain('<script');
    expect(page.match(/&lt;script&gt;alert\(&quot;1&quot;\)/g)?.length).toBeGreaterThan(30);
  });

  it('needs nothing from outside', () => {
    const page = renderReport(sampleReport());
    expect(page).not.toMatch(/(src|href|url\()\s*=?\s*["']?[a-z]+:/i);
    expect(page).not.toContain('@import');
  });

  it('draws what there is: no history, no classes, no layers leave no empty charts', () => {
    const page = renderReport(
      sampleReport({ history: [], layers: [], files: [], dense: side({ perClass: [] }) }),
    );
    expect(page).not.toContain('<h2>Training</h2>');
    expect(page).not.toContain('<h2>Layers</h2>');
    expect(page).not.toContain('<h2>Classes</h2>');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(renderReport(sampleReport({ dense: null }))).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it('stays small for a long history and keeps its extremes', () => {
    const history = Array.from({ length: 50_000 }, (_, step) => ({
      name: 'train/loss' as const,
      step,
      epoch: step / 100,
      stage: 0,
      value: step === 31_415 ? 123 : Math.sin(step),
    }));
    const page = renderReport(sampleReport({ history }));
    expect(page.length).toBeLessThan(60_000);
    expect(page).toMatch(/>1[05]0<\/text/);
  });

  it.skipIf(!existsSync(CHROMIUM))(
    'shows in Chromium without a console message, a request or a sideways scroll (skipped without /usr/bin/chromium)',
    async () => {
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
      try {
        for (const [width, colorScheme] of [
          [1100, 'light'],
          [390, 'dark'],
        ] as const) {
          const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
          const said: string[] = [];
          page.on('console', (message) => said.push(message.text()));
          page.on('request', (request) => said.push(request.url()));
          await page.setContent(renderReport(sampleReport()));
          expect(said).toEqual([]);
          expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
            width,
          );
          expect(await page.locator('figure svg[role=img]').count()).toBe(4);
        }
      } finally {
        await browser.close();
      }
    },
  );
});
