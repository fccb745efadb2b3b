import { describe, expect, it } from 'vitest';
import { channelsLeft } from '../../../main/engine/run/results/channels.ts';
import { channelsSection } from '../../../main/engine/report/channels-section.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { sampleReport } from '../report/sample.ts';

describe('channelsLeft', () => {
  const options = { input: [3, 32, 32], classes: 10 };
  const base = zoo.get('resnet-20').build(options);

  it('tells for every layer that makes channels how many are left, those of one residual stage together', () => {
    const rows = channelsLeft(base, zoo.get('resnet-20').build({ ...options, width: 0.5 }));
    const convolutions = base.nodes.filter(({ op }) => op === 'Conv2D').map(({ name }) => name);
    const classifier = base.nodes.find(({ op }) => op === 'Dense')?.name;
    expect(rows.map(({ layer }) => layer)).toEqual([...convolutions, classifier]);
    for (const { layer, total, kept } of rows) {
      expect([layer, kept]).toEqual([layer, layer === classifier ? 10 : total / 2]);
    }
    // Three stages and nine pairs of convolutions; the classes are a group of their own.
    expect(new Set(rows.map(({ group }) => group)).size).toBe(13);
  });

  it('has nothing to tell where no channel left, and the report shows nothing then', () => {
    expect(channelsLeft(base, base)).toEqual([]);
    expect(channelsSection(sampleReport()).text).toBe('');
  });

  it('is shown by the report, a row a layer', () => {
    const channels = channelsLeft(base, zoo.get('resnet-20').build({ ...options, width: 0.25 }));
    const { text } = channelsSection(sampleReport({ channels }));
    expect(text.match(/<th scope="row">/g)).toHaveLength(channels.length);
    expect(text).toContain('25.0 %');
  });
});
