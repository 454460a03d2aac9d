// Parsing of headers, error bodies and URLs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { parseChallenges } from '../../core/registry/http/challenge.js';
import { parseErrorBody } from '../../core/registry/http/error-body.js';
import { inPieces } from '../../core/registry/pieces.js';
import { productOf } from '../../core/registry/login/product.js';
import { parseRegistryUrl } from '../../core/registry/registry-target.js';
import type { HttpResponse } from '../../core/registry/http/transport-types.js';
import { closingLocation, uploadLocation } from '../../core/registry/upload-location.js';

const unread: Pick<HttpResponse, 'body' | 'bytes' | 'discard'> = {
  body: { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }) },
  bytes: () => Promise.resolve(Buffer.alloc(0)),
  discard: () => Promise.resolve(),
};

describe('parseChallenges', () => {
  it('reads what registries send', () => {
    expect(parseChallenges('Basic realm="harbor"')).toEqual([
      { scheme: 'basic', params: { realm: 'harbor' } },
    ]);
    expect(parseChallenges('basic realm=zot')).toEqual([{ scheme: 'basic', params: { realm: 'zot' } }]);
    const mount =
      'Bearer realm="http://h/token",service="s",scope="repository:a/b:pull,push repository:c/d:pull",error="insufficient_scope"';
    expect(parseChallenges(mount)).toEqual([
      {
        scheme: 'bearer',
        params: {
          realm: 'http://h/token',
          service: 's',
          scope: 'repository:a/b:pull,push repository:c/d:pull',
          error: 'insufficient_scope',
        },
      },
    ]);
    expect(parseChallenges('Negotiate, Bearer realm="r" , Basic realm="a \\"b\\""')).toEqual([
      { scheme: 'negotiate', params: {} },
      { scheme: 'bearer', params: { realm: 'r' } },
      { scheme: 'basic', params: { realm: 'a "b"' } },
    ]);
  });

  it('finds none in an empty header, and ends for any text', () => {
    expect(parseChallenges(undefined)).toEqual([]);
    expect(parseChallenges('')).toEqual([]);
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseChallenges(text))));
  });
});

describe('parseErrorBody', () => {
  it('reads lists, bare objects, pages, text and nothing', () => {
    const list = '{"errors":[{"code":"denied","message":"no"},{"code":"UNKNOWN","detail":{"Err":28}}]}';
    expect(parseErrorBody(list, 'application/json')).toMatchObject({
      codes: ['DENIED', 'UNKNOWN'],
      summary: 'denied: no; UNKNOWN ({"Err":28})',
      details: [undefined, { Err: 28 }],
      isHtml: false,
    });
    expect(parseErrorBody('{"code":"UNAUTHORIZED","message":"x"}', '')).toMatchObject({
      codes: ['UNAUTHORIZED'],
    });
    expect(parseErrorBody('<html><title> 502 Bad Gateway</title>', 'text/html')).toMatchObject({
      isHtml: true,
      summary: '502 Bad Gateway',
      codes: [],
    });
    expect(parseErrorBody('404 page not found\n', 'text/plain')).toMatchObject({
      summary: '404 page not found',
    });
    expect(parseErrorBody('', '')).toMatchObject({ codes: [], summary: '', isHtml: false });
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, type) => parseErrorBody(json, type).summary.length <= 300),
    );
  });
});

describe('the summary of an error body', () => {
  const summary = (body: unknown): string => parseErrorBody(JSON.stringify(body), 'application/json').summary;
  const withDetail = (detail: unknown): string =>
    summary({ errors: [{ code: 'NAME_INVALID', message: 'no', detail }] });

  it('has the detail, whatever it is', () => {
    expect(withDetail('only two levels')).toBe('NAME_INVALID: no (only two levels)');
    expect(withDetail({ name: 'a/b' })).toBe('NAME_INVALID: no ({"name":"a/b"})');
    expect(withDetail([{ Digest: 'd' }])).toBe('NAME_INVALID: no ([{"Digest":"d"}])');
    expect(withDetail(7)).toBe('NAME_INVALID: no (7)');
  });

  it.each([null, {}, [], '', 'no'])('leaves out a detail that says nothing: %j', (detail) => {
    expect(withDetail(detail)).toBe('NAME_INVALID: no');
  });

  it('is bounded and on one line, without control characters', () => {
    expect(withDetail('x'.repeat(5_000))).toHaveLength('NAME_INVALID: no ()'.length + 200);
    expect(withDetail('a\r\n\u001b[31mb\u202ec\u2028d')).toBe('NAME_INVALID: no (a \ufffd[31mb\ufffdc d)');
    expect(parseErrorBody('one\ntwo', 'text/plain').summary).toBe('one two');
  });

  it.each([
    [{ errors: [{ code: null, message: 'x', detail: null }] }, 'x', []],
    [{ errors: [null, { code: 'DENIED', message: null }] }, 'DENIED', ['DENIED']],
    [{ errors: [{ status: 404, message: 'Not Found' }] }, 'Not Found', []],
    [{ detail: 'Not found.' }, 'Not found.', []],
    [{ errors: null, code: 'X', message: 'y' }, 'X: y', ['X']],
  ])('counts null as absent: %j', (body, said, codes) => {
    expect(parseErrorBody(JSON.stringify(body), '')).toMatchObject({ summary: said, codes });
  });
});

describe('inPieces', () => {
  it('keeps every byte, in pieces of one size', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 1, max: 50 }), async (given, size) => {
        const source = async function* (): AsyncGenerator<Uint8Array> {
          yield* given;
        };
        const pieces: Buffer[] = [];
        for await (const piece of inPieces(source(), size)) pieces.push(piece);
        expect(Buffer.concat(pieces)).toEqual(Buffer.concat(given));
        expect(pieces.slice(0, -1).every((piece) => piece.length === size)).toBe(true);
        expect(pieces.every((piece) => piece.length > 0 && piece.length <= size)).toBe(true);
      }),
    );
  });
});

describe('uploadLocation', () => {
  const at = (base: string, location: string): string | undefined => {
    const response = { status: 202, url: `${base}/v2/a/blobs/uploads/`, headers: { location } };
    return uploadLocation(new URL(base), { ...response, ...unread }, null)?.href;
  };

  it('takes relative and absolute ones, and does not change other hosts', () => {
    expect(at('https://r:5000', '/v2/a/blobs/uploads/1?_state=a%3D')).toBe(
      'https://r:5000/v2/a/blobs/uploads/1?_state=a%3D',
    );
    expect(at('https://r:5000', 'https://s/x?y')).toBe('https://s/x?y');
  });

  it('does not leave https because a registry behind a proxy names itself with http', () => {
    expect(at('https://r', 'http://r/x')).toBe('https://r/x');
    expect(at('https://r', 'http://r:8080/x')).toBe('http://r:8080/x');
    expect(at('https://r', 'http://s/x')).toBe('http://s/x');
  });

  it('appends the digest to the query', () => {
    const digest = digestOf('');
    expect(closingLocation(new URL('http://r/x?_state=a%3D%3D'), digest).search).toBe(
      `?_state=a%3D%3D&digest=${digest}`,
    );
    expect(closingLocation(new URL('http://r/x'), digest).search).toBe(`?digest=${digest}`);
  });
});

describe('parseRegistryUrl', () => {
  it('takes https for a host alone', () => {
    expect(parseRegistryUrl('reg.local').href).toBe('https://reg.local/');
    expect(parseRegistryUrl('reg.local:5000').host).toBe('reg.local:5000');
    expect(parseRegistryUrl('http://[::1]:5000/v2/').href).toBe('http://[::1]:5000/');
  });

  it.each([
    'ftp://reg.local',
    'https://u:p@reg.local',
    'https://reg.local/team',
    'https://reg.local/?a=b',
    'ht tp://x',
    '',
  ])('refuses %s, without showing a password', (text) => {
    expect(() => parseRegistryUrl(text)).toThrow(/^[^]*is not the address of a registry/);
    expect(() => parseRegistryUrl(text)).not.toThrow(/u:p/);
  });
});

describe('productOf', () => {
  it('reads the product from the headers', () => {
    expect(productOf({})).toBe('unknown');
    expect(productOf({ 'x-jfrog-version': 'Artifactory/7' })).toBe('jfrog');
    expect(
      productOf({ 'www-authenticate': 'Basic realm="harbor"', 'docker-distribution-api-version': 'x' }),
    ).toBe('harbor');
  });
});
