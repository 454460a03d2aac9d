// `--use-proxy`: which proxy the engine gets, and when none.
import { describe, expect, it } from 'vitest';
import { requestOf, session } from './cli-session.js';

describe('the proxy', () => {
  const env = { HTTPS_PROXY: 'http://u:p@proxy:3128', NO_PROXY: 'a.local, .b.local' };

  it('of the environment counts only where it is asked for', async () => {
    expect((await requestOf(['import', 'a'], { env })).target).not.toHaveProperty('proxy');
    expect((await requestOf(['import', 'a', '--use-proxy'], { env })).target.proxy).toEqual({
      url: 'http://u:p@proxy:3128',
      except: ['a.local', ' .b.local'],
    });
    expect((await session(['import', 'a', '--use-proxy'])).code).toBe(2);
  });

  it('may be named', async () => {
    const { target } = await requestOf(['import', 'a', '--use-proxy', 'http://other:8080'], { env });
    expect(target.proxy?.url).toBe('http://other:8080');
  });
});
