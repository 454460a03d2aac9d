// Certificates for servers in tests, made by openssl: an authority, and certificates that it signs.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from './programs.js';

const run = promisify(execFile);

/** PEM files of a certificate and its key. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  /** SHA-256, 64 lower-case hex digits. */
  readonly fingerprint: string;
}

export interface IssueOptions {
  /** `DNS:registry.test`, `IP:127.0.0.1`. */
  readonly names?: readonly string[];
  readonly period?: 'now' | 'past' | 'future';
  /** Signed by itself and not by the authority. */
  readonly selfSigned?: boolean;
}

export interface TestAuthority {
  /** PEM file of the authority's own certificate. */
  readonly certificate: string;
  readonly folder: string;
  issue(name: string, options?: IssueOptions): Promise<CertificateFiles>;
  remove(): Promise<void>;
}

const DAY_MS = 24 * 3600 * 1000;

/** An authority in a temporary folder that no program trusts yet. */
export async function createAuthority(name = 'Test Authority'): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'archbridge-certificates-'));
  const file = (path: string): string => join(folder, path);
  const openssl = (...args: readonly string[]) => run(requireProgram('openssl'), args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    `/CN=${name}`,
    '-days',
    '2',
  );
  await writeFile(file('index.txt'), '');
  await writeFile(file('serial'), '1000\n');
  await writeFile(
    file('ca.cnf'),
    [
      '[ca]\ndefault_ca=own',
      '[own]\ndir=.\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ncertificate=ca.pem\nprivate_key=ca.key',
      'default_md=sha256\npolicy=any\nunique_subject=no\ncopy_extensions=copy\nemail_in_dn=no',
      '[any]\ncommonName=supplied\n',
    ].join('\n'),
  );
  const issue = async (subject: string, options: IssueOptions = {}): Promise<CertificateFiles> => {
    const { names = ['IP:127.0.0.1', 'DNS:localhost'], period = 'now', selfSigned = false } = options;
    const [key, request, certificate] = [`${subject}.key`, `${subject}.csr`, `${subject}.pem`];
    const own = ['-keyout', key, '-subj', `/CN=${subject}`, '-addext', `subjectAltName=${names.join(',')}`];
    if (selfSigned) {
      await openssl('req', '-x509', ...newKey, ...own, '-out', certificate, '-days', '2');
    } else {
      await openssl('req', ...newKey, ...own, '-out', request);
      const [start, end] = periodOf(period);
      const dates = ['-startdate', start, '-enddate', end];
      await openssl(
        'ca',
        '-batch',
        '-notext',
        '-config',
        'ca.cnf',
        ...dates,
        '-in',
        request,
        '-out',
        certificate,
      );
    }
    const { fingerprint256 } = new X509Certificate(await readFile(file(certificate)));
    return {
      certificate: file(certificate),
      key: file(key),
      fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
    };
  };
  return {
    certificate: file('ca.pem'),
    folder,
    issue,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function periodOf(period: NonNullable<IssueOptions['period']>): readonly [start: string, end: string] {
  const middle = { past: -10, now: 0, future: 10 }[period];
  const at = (days: number): string =>
    new Date(Date.now() + (middle + days) * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, '');
  return [at(-2), at(2)];
}
