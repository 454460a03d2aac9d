// How a container of an image is run, as its config says it.
import { describe, expect, it } from 'vitest';
import { parseRuntimeConfig } from '../../core/content/image-config.js';

function read(config: unknown): ReturnType<typeof parseRuntimeConfig> {
  return parseRuntimeConfig(Buffer.from(JSON.stringify(config)));
}

const NOTHING = { entrypoint: [], command: [], env: [], labels: {}, user: '', workingDir: '', ports: [] };

describe('a runtime config', () => {
  it('is read as Docker writes it', () => {
    const config = {
      Entrypoint: ['/bin/app'],
      Cmd: ['serve', '--port', '80'],
      Env: ['PATH=/bin', 'A=1'],
      Labels: { maintainer: 'somebody' },
      User: '65532:65532',
      WorkingDir: '/srv',
      ExposedPorts: { '9090/udp': {}, '80/tcp': {} },
    };
    expect(read({ architecture: 'amd64', os: 'linux', config })).toEqual({
      entrypoint: ['/bin/app'],
      command: ['serve', '--port', '80'],
      env: ['PATH=/bin', 'A=1'],
      labels: { maintainer: 'somebody' },
      user: '65532:65532',
      workingDir: '/srv',
      ports: ['80/tcp', '9090/udp'],
    });
  });

  it('says nothing where the config says nothing', () => {
    expect(read({})).toEqual(NOTHING);
    expect(read({ config: null })).toEqual(NOTHING);
    expect(
      read({ config: { Entrypoint: null, Cmd: null, Env: null, Labels: null, ExposedPorts: null } }),
    ).toEqual(NOTHING);
  });

  it('takes the other fields where one is odd', () => {
    expect(read({ config: { Entrypoint: '/bin/sh -c x', Labels: { a: 1 }, User: 'nobody' } })).toEqual({
      ...NOTHING,
      user: 'nobody',
    });
  });

  it('is null for what is no config', () => {
    expect(parseRuntimeConfig(Buffer.from('not JSON'))).toBeNull();
    expect(read([])).toBeNull();
    expect(read('x')).toBeNull();
  });
});
