// Passwords and tokens are in nothing that a run writes or answers. Every test with a bench is held to the same when it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { toProblem } from '../../core/engine.js';
import { AppError } from '../../core/errors.js';
import { SECRETS_FILE, setup } from '../support/process-list.js';
import { noteSecret, refuseSecrets } from '../support/secrets.js';
import { ACCOUNT, startRegistry, type RegistryOptions } from '../support/registries.js';
import { openBench, packagePath } from '../support/seed.js';
import { startTokenServer } from '../support/token-server.js';

const { signal } = new AbortController();
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe('the search for secrets', () => {
  it('finds one, and does not repeat it', () => {
    noteSecret('a-secret-of-this-test');
    expect(() => refuseSecrets('{"x":"a-secret-of-this-test"}', 'a report')).toThrow(
      /^a report holds a secret/,
    );
    expect(() => refuseSecrets('nothing', 'a report')).not.toThrow();
  });
});

describe('the list of processes', () => {
  it.runIf(process.platform === 'linux')('shows a secret in the arguments of a program', async () => {
    const before = process.env[SECRETS_FILE];
    const end = setup();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'in-arguments'], {
      stdio: 'ignore',
    });
    try {
      await once(child, 'spawn');
      noteSecret('in-arguments');
      expect(end).toThrow(/^the arguments of node held a secret of 12 characters$/);
    } finally {
      child.kill();
      process.env[SECRETS_FILE] = before;
    }
  });
});

describe('no secret is in journals, reports, events, logs and answers', () => {
  it.each(['htpasswd', 'token'] as const)('of an import and of failed logins (%s)', async (auth) => {
    const tokens = await startTokenServer({ accounts: { [ACCOUNT.username]: ACCOUNT.password } });
    endings.push(() => tokens.stop());
    const options: RegistryOptions = { version: 3, auth, tokenServer: tokens };
    const registry = await startRegistry(options);
    endings.push(() => registry.stop());
    const bench = await openBench();
    const target = { registry: registry.url, allowHosts: [new URL(tokens.realm).host], credentials: ACCOUNT };
    const report = await bench.import({ packages: [packagePath('v0.9.0-amd64')], target });
    const wrong = { ...target, credentials: { ...ACCOUNT, password: 'not-the-right-one' } };
    noteSecret(wrong.credentials.password);
    const answers = [
      report,
      await bench.engine.check(target, { signal }),
      await bench.engine.check(wrong, { signal }),
      await bench.engine.plan({ packages: [], target: wrong }, { signal }),
    ];
    refuseSecrets(JSON.stringify(answers), 'an answer');
    // Looks into the state folder, the events and the log.
    await bench.close();
  });

  it('also where an error quotes what a server said', () => {
    noteSecret('pw-of-an-error');
    const cause = new Error('pw-of-an-error');
    const problem = toProblem(
      new AppError('registry.login-lost', { origin: 'registry', params: { host: 'r' }, cause }),
    );
    refuseSecrets(JSON.stringify(problem), 'a problem');
  });
});
