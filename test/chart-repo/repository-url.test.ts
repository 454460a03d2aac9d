// URLs of chart repositories: the path is kept, `..` in it is refused, credentials are in no message.
import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.js';
import { parseRepositoryUrl } from '../../core/chart-repo/repository-url.js';

describe('parseRepositoryUrl', () => {
  it.each([
    ['http://h', 'http://h', []],
    ['https://H.example:8443/', 'https://h.example:8443', []],
    ['http://h:8081/a/b/', 'http://h:8081/a/b', ['a', 'b']],
    ['http://h/cm/index.yaml?x=1#y', 'http://h/cm', ['cm']],
    ['http://h/Org%20With%20Space', 'http://h/Org%20With%20Space', ['Org%20With%20Space']],
  ])('%s', (text, shown, segments) => {
    expect(parseRepositoryUrl(text)).toMatchObject({ shown, segments });
  });

  it.each([
    '',
    'h/a',
    'ftp://h/a',
    'http://h/../a',
    'http://h/a/..',
    'http://h/%2e%2E/a',
    'http://h/a%2f..',
    'http://h/a\\b',
    'http://',
  ])('refuses %j', (text) => {
    expect(() => parseRepositoryUrl(text)).toThrow(
      expect.objectContaining({ code: 'chart-repo.illegal-url' }),
    );
  });

  it('refuses credentials without repeating them', () => {
    let failure: unknown;
    try {
      parseRepositoryUrl('http://user:s3cret@h/a');
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(AppError);
    expect(JSON.stringify(failure) + String(failure)).not.toContain('s3cret');
  });
});
