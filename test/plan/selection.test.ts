// Patterns for charts and images.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.js';
import { parseGlob } from '../../core/plan/glob.js';
import { chartSelected, imageSelected, matchesChart, parseSelection } from '../../core/plan/selection.js';
import { platformOf } from './sample-images.js';

const quayside = { folder: 'addon', name: 'quayside', version: '10.2.0+738' };
const amd64 = platformOf('linux/amd64');

describe('globs', () => {
  it.each([
    ['*', '', true],
    ['a*c', 'abc', true],
    ['a*c', 'a/b/c', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*b*b', 'abab', true],
    ['*b*b', 'aba', false],
    ['1.2.0+7', '1.2.0+7', true],
    ['1.2.0', '1x2x0', false],
    ['Nginx', 'nginx', false],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(parseGlob(pattern).matches(text)).toBe(expected);
  });

  it('match like the regular expression that they stand for', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (glob, tried) => {
        const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(parseGlob(glob).matches(tried)).toBe(expression.test(tried));
      }),
      { numRuns: 500 },
    );
  });

  it('take no time that grows with the number of stars', () => {
    expect(parseGlob(`${'*a'.repeat(200)}b`).matches('a'.repeat(5000))).toBe(false);
  });
});

describe('charts', () => {
  it.each([
    [{}, true],
    [{ only: ['quay*'] }, true],
    [{ only: ['QUAY*'] }, false],
    [{ only: ['addon/quayside'] }, true],
    [{ only: ['community/*'] }, false],
    [{ only: ['*/quayside@10.*'] }, true],
    [{ only: ['quayside@10.2.0'] }, false],
    [{ only: ['quayside@10.2.0+738'] }, true],
    [{ only: ['x', 'quayside'], skip: ['*@1.*'] }, true],
    [{ only: ['quayside'], skip: ['addon/*'] }, false],
    [{ skip: ['quayside'] }, false],
  ])('%j: %s', (selection, expected) => {
    expect(chartSelected(parseSelection(selection), quayside)).toBe(expected);
  });

  it('are matched by a list of patterns alone, too', () => {
    expect(matchesChart(['lanternd', 'addon/quay*'], quayside)).toBe(true);
    expect(matchesChart([], quayside)).toBe(false);
  });

  it('at the top of a package have no folder', () => {
    expect(matchesChart(['*/quayside'], { ...quayside, folder: '' })).toBe(true);
    expect(matchesChart(['addon/quayside'], { ...quayside, folder: '' })).toBe(false);
  });

  it.each(['', '@1.0', 'a@', '/a', 'a/', 'a b', 'a[bc]', '{a,b}', '!a'])('refuses %j', (pattern) => {
    let error: unknown;
    try {
      parseSelection({ skip: [pattern] });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'config.bad-pattern', origin: 'config', params: { pattern } });
  });
});

describe('images', () => {
  it.each([
    ['nginx:1.0', 'docker.io/library/nginx:1.0', true],
    ['nginx', 'docker.io/library/nginx:1.0', true],
    ['index.docker.io/library/nginx:1.0', 'nginx:1.0', true],
    ['docker.io/library/*', 'nginx:1.0', true],
    ['docker.io/bitnami/nginx:*', 'docker.io/bitnami/nginx:1.0', true],
    ['bitnami/nginx', 'docker.io/bitnami/nginx:1.0', true],
    ['ghcr.io/*', 'ghcr.io/org/app:v1', true],
    ['*app', 'ghcr.io/org/app:v1', true],
    ['app', 'ghcr.io/org/app:v1', false],
    ['nginx:1.1', 'docker.io/library/nginx:1.0', false],
    ['/x:*', '/x:1', true],
  ])('%s on %s: %s', (pattern, source, expected) => {
    expect(imageSelected(parseSelection({ images: [pattern] }), source, amd64)).toBe(expected);
  });

  it.each([
    ['linux/arm64', 'linux/arm64/v8', true],
    ['linux/arm', 'linux/arm/v7', true],
    ['linux/arm', 'linux/arm/v6', false],
    ['linux/amd64', 'linux/arm64', false],
  ])('for platform %s, being of %s: %s', (asked, platform, expected) => {
    const rules = parseSelection({ platforms: [asked] });
    expect(imageSelected(rules, 'nginx:1.0', platformOf(platform))).toBe(expected);
  });

  it('of Windows match without their build number', () => {
    const windows = { ...platformOf('windows/amd64'), osVersion: '10.0.17763.1' };
    expect(imageSelected(parseSelection({ platforms: ['windows/amd64'] }), 'a:1', windows)).toBe(true);
  });

  it('need a platform that is one', () => {
    expect(() => parseSelection({ platforms: ['arm64'] })).toThrow(
      expect.objectContaining({ code: 'config.bad-platform' }),
    );
  });
});
