import { expect, test } from 'vitest';
import { homeUrl, isLink, isStudioFrame, isStudioUrl } from '../../main/shell/origin.ts';

test.each([homeUrl, `${homeUrl}#/runs/3`, `${homeUrl}assets/a.js`])('%s is the studio', (url) => {
  expect(isStudioUrl(url)).toBe(true);
  expect(isStudioFrame({ url, parent: null })).toBe(true);
});

test.each([
  'espalier://studio.evil.example/',
  'espalier://evil/studio/',
  'espalier://studio@evil/',
  'espalier://user@studio/',
  'espalier://user:secret@studio/',
  'espalier://studio:8080/',
  'espaliers://studio/',
  'https://studio/',
  'file:///studio/index.html',
  'data:text/html,espalier://studio/',
  'javascript:void 0',
  'about:blank',
  '',
])('%j is not the studio', (url) => {
  expect(isStudioUrl(url)).toBe(false);
  expect(isStudioFrame({ url, parent: null })).toBe(false);
});

test('a frame inside another, or one that is gone, may not call', () => {
  expect(isStudioFrame({ url: homeUrl, parent: { url: homeUrl } })).toBe(false);
  expect(isStudioFrame(null)).toBe(false);
});

test('links lead to papers over https, nowhere else', () => {
  expect(isLink('https://arxiv.org/abs/2103.06460')).toBe(true);
  for (const url of [
    'http://arxiv.org/',
    'https://arxiv.org.evil.example/',
    'https://evil.example/?arxiv.org',
    'https://arxiv.org:8443/',
    'file:///etc/passwd',
    'smb://arxiv.org/share',
    'nonsense',
  ]) {
    expect(isLink(url), url).toBe(false);
  }
});
