// The Helm chart and the plain manifests: valid for the Kubernetes API, without rights, and with arguments that the command line takes.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { requestOf } from '../cli/cli-session.js';
import { kubernetesCheck } from '../support/openapi.js';
import { requireProgram } from '../support/programs.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const CHART = join(PROJECT_ROOT, 'deploy/chart');
const MANIFESTS = join(PROJECT_ROOT, 'deploy/manifests');
const check = kubernetesCheck(
  JSON.parse(readFileSync(join(PROJECT_ROOT, 'test/fixtures/kubernetes/openapi-1.30.json'), 'utf8')),
);

function helm(...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(requireProgram('helm'), [...args], { encoding: 'utf8' });
  return { status, output: status === 0 ? stdout : stderr };
}

function render(...args: readonly string[]) {
  return helm('template', 'archbridge', CHART, '-n', 'archbridge', '--kube-version', '1.30.0', ...args);
}

function objectsOf(text: string): readonly unknown[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object: unknown = document.toJS();
    return object === null ? [] : [object];
  });
}

const podSchema = z.looseObject({
  automountServiceAccountToken: z.literal(false),
  restartPolicy: z.literal('Never'),
  securityContext: z.looseObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number().min(1),
    seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
  }),
  containers: z.array(
    z.looseObject({
      args: z.array(z.string()),
      securityContext: z.strictObject({
        allowPrivilegeEscalation: z.literal(false),
        readOnlyRootFilesystem: z.literal(true),
        capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
      }),
      resources: z.looseObject({
        requests: z.looseObject({ cpu: z.string(), memory: z.string() }),
        limits: z.looseObject({ memory: z.string() }),
      }),
    }),
  ),
  volumes: z.array(
    z.looseObject({ name: z.string() }).refine((volume) => !('hostPath' in volume), 'no path of the node'),
  ),
});
const jobSchema = z.looseObject({
  kind: z.literal('Job'),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({ template: z.looseObject({ spec: podSchema }) }),
});
const policySchema = z.looseObject({
  kind: z.literal('NetworkPolicy'),
  spec: z.looseObject({
    policyTypes: z.tuple([z.literal('Ingress'), z.literal('Egress')]),
    ingress: z.array(z.unknown()).max(0),
    egress: z.array(z.looseObject({ to: z.array(z.looseObject({})), ports: z.array(z.looseObject({})) })),
  }),
});

const sites = ['-f', join(MANIFESTS, 'values.yaml')];

describe('the Helm chart', () => {
  it('passes helm lint', () => {
    expect(helm('lint', '--strict', CHART)).toMatchObject({ status: 0 });
  });

  it('renders to the plain manifests, which the API of Kubernetes knows', () => {
    const { output } = render(...sites);
    expect(readFileSync(join(MANIFESTS, 'archbridge-import.yaml'), 'utf8')).toBe(output);
    const objects = objectsOf(`${output}---\n${readFileSync(join(MANIFESTS, 'namespace.yaml'), 'utf8')}`);
    expect(objects).toHaveLength(8);
    expect(objects.flatMap(check)).toEqual([]);
    // the check finds what is wrong
    expect(check({ kind: 'Job', apiVersion: 'batch/v1', spec: { completion: 4, template: {} } })).toEqual([
      'Job.spec.completion: unknown',
    ]);
  });

  it('gives pods no rights, and lets each speak to its own site and DNS only', () => {
    const objects = objectsOf(render(...sites).output);
    const jobs = objects.flatMap((one) => jobSchema.safeParse(one).data ?? []);
    expect(jobs.map(({ metadata }) => metadata.name)).toEqual([
      'archbridge-edge-north-1',
      'archbridge-edge-south-1',
      'archbridge-edge-north-1-report',
      'archbridge-edge-south-1-report',
    ]);
    const policies = objects.flatMap((one) => policySchema.safeParse(one).data ?? []);
    const dns = [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ];
    const https = [{ protocol: 'TCP', port: 443 }];
    for (const [at, cidr] of ['192.0.2.10/32', '198.51.100.10/32'].entries()) {
      const egress = policies[at]?.spec.egress ?? [];
      expect(egress.map(({ ports }) => ports)).toEqual([dns, https]);
      expect(egress[1]?.to).toEqual([{ ipBlock: { cidr } }]);
    }
  });

  it('calls the command line with arguments that it takes', async () => {
    const [north = [], south = []] = objectsOf(render(...sites).output).flatMap((one) => {
      const args = jobSchema.safeParse(one).data?.spec.template.spec.containers[0]?.args ?? [];
      return args[0] === 'import' ? [[...args]] : [];
    });
    const env = { JOB_COMPLETION_INDEX: '3' };
    const request = await requestOf(north, { env });
    expect(request).toMatchObject({
      target: {
        registry: 'https://registry.north.example',
        charts: [{ url: 'https://charts.north.example' }],
      },
      selection: { shard: { index: 4, count: 4 } },
    });
    expect(request.packages).toHaveLength(2);
    const second = await requestOf(south, { env });
    expect(second.requirePlatforms).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('refuses values that make no sense, and arguments that would take over', () => {
    for (const value of [
      'shards=0',
      'shards=four',
      'packages.files[0]=../secret',
      'args[0]=--password=x',
      'args[0]=--shard',
      'sites[0].registry=ftp://x',
      'image.tga=1',
    ]) {
      expect(render('--set', value).status, value).not.toBe(0);
    }
    expect(render('--set', 'state.claim=', '--set', 'shards=1').status).toBe(0);
  });
});
