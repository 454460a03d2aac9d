// Test support: proofs for the tests of reports.
import type { Proof, ProofChart, ProofImage } from '../../core/contract.js';

export function provenImage(fields: Partial<ProofImage>): ProofImage {
  return {
    target: 'docker.io/library/nginx:1.0',
    digest: `sha256:${'ab'.repeat(32)}`,
    platforms: ['linux/amd64'],
    blobsChecked: 3,
    bytesChecked: 1_000_000,
    mislabelled: [],
    ok: true,
    problem: null,
    problems: [],
    ...fields,
  };
}

export function provenChart(fields: Partial<ProofChart>): ProofChart {
  return {
    repo: 'addon',
    url: '/srv/store/charts',
    name: 'nginx',
    version: '10.2.0+738',
    images: [],
    ok: true,
    problem: null,
    ...fields,
  };
}

export function proofOf(fields: Partial<Proof>): Proof {
  return {
    schema: 'archbridge.proof/1',
    ok: true,
    depth: 'sizes',
    readAs: '',
    made: '2024-05-01T10:05:00.000Z',
    target: { kind: 'folder', location: '/srv/store', charts: ['/srv/store/charts'] },
    images: [],
    charts: [],
    checked: { blobs: 6, bytes: 2_000_000 },
    problems: [],
    notes: [],
    ...fields,
  };
}
