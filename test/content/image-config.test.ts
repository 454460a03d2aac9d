// The platform, date and layers of an image, and how its container is run, as its config says them.
import { describe, expect, it } from 'vitest';
import { parseImageConfig, parseLayerCommands, parseRuntimeConfig } from '../../core/content/image-config.js';

function read(config: unknown): ReturnType<typeof parseRuntimeConfig> {
  return parseRuntimeConfig(Buffer.from(JSON.stringify(config)));
}

describe('an image config', () => {
  it('with null for a field is the config without it', () => {
    const plain = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] } };
    const nulls = { variant: null, 'os.version': null, 'os.features': null, created: null, config: null };
    const config = parseImageConfig(Buffer.from(JSON.stringify({ ...plain, ...nulls })));
    expect(config).toEqual(parseImageConfig(Buffer.from(JSON.stringify(plain))));
    expect(config?.platform).toEqual({ os: 'linux', architecture: 'amd64' });
    expect(parseImageConfig(Buffer.from('{"os":null,"architecture":null,"rootfs":null}'))).toEqual({
      platform: { os: '', architecture: '' },
      created: null,
      diffIds: null,
    });
  });
});

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
    const nulls = { Entrypoint: null, Cmd: null, Env: null, ExposedPorts: null, User: null };
    expect(read({ config: { ...nulls, Labels: null } })).toEqual(NOTHING);
    expect(read({ config: { ...nulls, Labels: { a: null } } })).toEqual(NOTHING);
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

describe('the commands of layers', () => {
  const commands = (config: unknown) => parseLayerCommands(Buffer.from(JSON.stringify(config)));

  it('are those of the history that made a layer, base first', () => {
    const history = [
      { created_by: 'ADD rootfs.tar /' },
      { created_by: 'ENV A=1', empty_layer: true },
      { comment: 'no command' },
      { created_by: 'RUN make', empty_layer: false },
    ];
    expect(commands({ history })).toEqual(['ADD rootfs.tar /', '', 'RUN make']);
  });

  it('are unknown without a history that can be read', () => {
    for (const config of [{}, { history: null }, { history: 'x' }, { history: [7] }, null])
      expect(commands(config)).toEqual([]);
    expect(parseLayerCommands(Buffer.from('{'))).toEqual([]);
  });
});
