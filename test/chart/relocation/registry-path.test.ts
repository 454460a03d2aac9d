// Registry values that hold a path: the original's name under every setting, and values that helm would render to exactly that name.
// The rules: section "Rewrite rules" of the original's documented behaviour, recorded in docs/decisions/0002-departures-from-charts-syncer.md
import { describe, expect, it } from 'vitest';
import type { NamingRules } from '../../../core/chart/relocation/naming.js';
import { planChart } from '../../../core/chart/relocation/plan-chart.js';
import { parseHints } from '../../../core/chart/relocation/hints.js';
import { parseTemplate, renderTemplate } from '../../../core/chart/relocation/template.js';
import { relocateChart } from '../../../core/chart/relocate-chart.js';
import { readChart } from '../../../core/chart/files/chart.js';
import { textAt } from '../../../core/chart/yaml/values.js';
import { familiarReference } from '../../../core/content/reference.js';

const SPLIT = '{{ .i.registry }}/{{ .i.repository }}:{{ .i.tag }}';
const R = 'reg.local';

function chartOf(values: string) {
  return readChart(
    new Map([
      ['Chart.yaml', Buffer.from('name: barn\nversion: 1.0.0\n')],
      ['values.yaml', Buffer.from(values)],
    ]),
  );
}

/** Pushed names, and what the hints render with the published values; both without problems. */
function relocated(values: string, hints: readonly string[], rules: NamingRules) {
  const chart = chartOf(values);
  const bytes = Buffer.from(JSON.stringify(hints));
  const plan = planChart(chart, bytes, rules);
  expect(plan.problems).toEqual([]);
  const published = readChart(relocateChart(chart, plan, new Map()).files);
  const rendered = parseHints(bytes).map((hint) => {
    const template = parseTemplate(hint);
    return template && renderTemplate(template, (path) => textAt(published.values, path) ?? '').text;
  });
  return { pushed: plan.images.map(({ target }) => familiarReference(target)), rendered };
}

interface Setting {
  readonly name: string;
  readonly rules: NamingRules;
  /** For `quay.io/team` + `app`, `mirror.example/docker.io` + `acme/mount`, `docker.io/acme` + `mount`, `h.example:5000/a/b` + `c/d`. */
  readonly names: readonly [string, string, string, string];
}

const CASES = [
  ['quay.io/team', 'app'],
  ['mirror.example/docker.io', 'acme/mount'],
  ['docker.io/acme', 'mount'],
  ['h.example:5000/a/b', 'c/d'],
] as const;

const SETTINGS: readonly Setting[] = [
  {
    name: 'containerRegistry',
    rules: { containerRegistry: R },
    names: [`${R}/app`, `${R}/acme/mount`, `${R}/mount`, `${R}/c/d`],
  },
  {
    name: 'containerPrefixRegistry, appendOriginRegistry',
    rules: { containerPrefixRegistry: R, appendOriginRegistry: true },
    names: [
      `${R}/quay.io/app`,
      `${R}/mirror.example/acme/mount`,
      `${R}/index.docker.io/mount`,
      `${R}/h.example-5000/c/d`,
    ],
  },
  {
    name: 'all of containerPrefixRegistry, containerPrefixRepository and appendOriginRegistry',
    rules: { containerPrefixRegistry: R, containerPrefixRepository: 'p', appendOriginRegistry: true },
    names: [
      `${R}/quay.io/app`,
      `${R}/mirror.example/acme/mount`,
      `${R}/index.docker.io/mount`,
      `${R}/h.example-5000/c/d`,
    ],
  },
  {
    name: 'containerRegistry, containerRepository',
    rules: { containerRegistry: R, containerRepository: 'proj/x' },
    names: [`${R}/proj/x/app`, `${R}/proj/x/mount`, `${R}/proj/x/mount`, `${R}/proj/x/d`],
  },
  {
    name: 'containerPrefixRegistry, containerRepository',
    rules: { containerPrefixRegistry: R, containerRepository: 'proj/x' },
    names: [`${R}/proj/x/app`, `${R}/proj/x/mount`, `${R}/proj/x/mount`, `${R}/proj/x/d`],
  },
  {
    name: 'containerPrefixRegistry, containerRepository, appendOriginRegistry',
    rules: { containerPrefixRegistry: R, containerRepository: 'proj/x', appendOriginRegistry: true },
    names: [
      `${R}/quay.io/proj/x/app`,
      `${R}/mirror.example/proj/x/mount`,
      `${R}/index.docker.io/proj/x/mount`,
      `${R}/h.example-5000/proj/x/d`,
    ],
  },
  {
    name: 'containerPrefixRegistry',
    rules: { containerPrefixRegistry: R },
    names: [
      `${R}/quay.io/team/app`,
      `${R}/mirror.example/docker.io/acme/mount`,
      `${R}/index.docker.io/acme/mount`,
      `${R}/h.example-5000/a/b/c/d`,
    ],
  },
  {
    name: 'containerPrefixRegistry with a path, appendOriginRegistry',
    rules: { containerPrefixRegistry: `${R}/m`, appendOriginRegistry: true },
    names: [
      `${R}/m/quay.io/app`,
      `${R}/m/mirror.example/acme/mount`,
      `${R}/m/index.docker.io/mount`,
      `${R}/m/h.example-5000/c/d`,
    ],
  },
  {
    name: 'containerRegistry, containerPrefixRepository',
    rules: { containerRegistry: R, containerPrefixRepository: 'p' },
    names: [`${R}/p/team/app`, `${R}/p/docker.io/acme/mount`, `${R}/p/acme/mount`, `${R}/p/a/b/c/d`],
  },
  {
    name: 'containerPrefixRegistry, containerPrefixRepository',
    rules: { containerPrefixRegistry: R, containerPrefixRepository: 'p' },
    names: [
      `${R}/quay.io/p/team/app`,
      `${R}/mirror.example/p/docker.io/acme/mount`,
      `${R}/index.docker.io/p/acme/mount`,
      `${R}/h.example-5000/p/a/b/c/d`,
    ],
  },
  {
    name: 'containerPrefixRepository',
    rules: { containerPrefixRepository: 'p' },
    names: [
      'quay.io/p/team/app',
      'mirror.example/p/docker.io/acme/mount',
      'docker.io/p/acme/mount',
      'h.example:5000/p/a/b/c/d',
    ],
  },
  {
    name: 'containerRepository',
    rules: { containerRepository: 'proj/x' },
    names: [
      'quay.io/proj/x/app',
      'mirror.example/proj/x/mount',
      'docker.io/proj/x/mount',
      'h.example:5000/proj/x/d',
    ],
  },
  {
    name: 'containerRegistry, which is that of the values already',
    rules: { containerRegistry: 'quay.io' },
    names: ['quay.io/team/app', 'quay.io/acme/mount', 'quay.io/mount', 'quay.io/c/d'],
  },
  {
    name: 'containerRegistry with projects',
    rules: { containerRegistry: R, needsProject: true },
    names: [`${R}/library/app`, `${R}/acme/mount`, `${R}/library/mount`, `${R}/c/d`],
  },
];

describe.each(SETTINGS)('under $name', ({ rules, names }) => {
  it.each(CASES.map(([registry, repository], i) => [registry, repository, names[i]] as const))(
    '%s + %s: %s',
    (registry, repository, expected) => {
      const values = `i: {registry: ${registry}, repository: ${repository}, tag: 1}\n`;
      const { pushed, rendered } = relocated(values, [SPLIT], rules);
      expect(pushed).toEqual([`${expected ?? ''}:1`]);
      expect(rendered).toEqual(pushed);
    },
  );
});

describe('the path of a registry value under containerRegistry', () => {
  const CR = { containerRegistry: R };

  it('goes for keys of other names, tags inside the value, literal tails and shared values, too', () => {
    const values = 'hub: mirror.example/istio\npilot: pilot\nproxy: proxyv2:1.2\ndir: tools\n';
    const { pushed, rendered } = relocated(
      values,
      ['{{ .hub }}/{{ .pilot }}:1', '{{ .hub }}/{{ .proxy }}', '{{ .hub }}/{{ .dir }}/cni:2'],
      CR,
    );
    expect(pushed).toEqual([`${R}/pilot:1`, `${R}/proxyv2:1.2`, `${R}/tools/cni:2`]);
    expect(rendered).toEqual(pushed);
  });

  it.each([
    ['a value without a host', 'r: team\nname: app\n', ['{{ .r }}/{{ .name }}:1'], ['team/app:1']],
    [
      'three values',
      'r: q.io/team\no: org\nname: app\n',
      ['{{ .r }}/{{ .o }}/{{ .name }}:1'],
      ['team/org/app:1'],
    ],
    ['literal text between', 'r: q.io/team\nname: app\n', ['{{ .r }}/org/{{ .name }}:1'], ['team/org/app:1']],
    ['one value', 'r: q.io/team/app\n', ['{{ .r }}:1'], ['team/app:1']],
    [
      'a value that another hint needs with its path',
      'r: q.io/team\nname: app\n',
      ['{{ .r }}/{{ .name }}:1', '{{ .r }}/proxy:1'],
      ['team/app:1', 'team/proxy:1'],
    ],
  ])('stays for %s', (_, values, hints, names) => {
    const { pushed, rendered } = relocated(values, hints, CR);
    expect(pushed).toEqual(names.map((name) => `${R}/${name}`));
    expect(rendered).toEqual(pushed);
  });
});
