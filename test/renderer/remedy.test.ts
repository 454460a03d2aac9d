// Every problem leads to a step where its advice can be followed.
import { describe, expect, it } from 'vitest';
import { problems } from '../../core/messages/en.json';
import type { Problem } from '../../core/contract.js';
import { remedyOf, type Remedy } from '../../renderer/stores/remedy.js';

const ORIGINS: readonly Problem['origin'][] = ['package', 'registry', 'chart-repo', 'disk', 'config', 'app'];

describe('the button of a problem', () => {
  it.each<readonly [string, Problem['origin'], Remedy]>([
    ['registry.credentials-refused', 'registry', 'password'],
    ['chart-repo.unauthorized', 'chart-repo', 'password'],
    ['registry.tls-unknown-authority', 'registry', 'target'],
    ['registry.host-not-allowed', 'registry', 'target'],
    ['registry.unreachable', 'registry', 'check'],
    ['chart-repo.unreachable', 'chart-repo', 'check'],
    ['package.damaged', 'package', 'packages'],
    ['run.platform-missing', 'package', 'further'],
    ['verify.platform-missing', 'registry', 'further'],
    ['plan.image-mislabelled', 'package', 'compare'],
    ['plan.tag-changed', 'registry', 'update'],
    ['plan.tag-unreadable', 'registry', 'update'],
    ['chart.target-collision', 'config', 'target'],
    ['chart.missing', 'package', 'packages'],
    ['chart.hint-malformed', 'package', 'compare'],
    ['run.target-changed', 'registry', 'update'],
    ['run.projects-missing', 'registry', 'update'],
    ['run.chart-conflict', 'chart-repo', 'plan'],
    ['undo.nothing-to-do', 'config', 'history'],
    ['undo.other-charts', 'config', 'target'],
    ['undo.manifest-not-kept', 'disk', 'further'],
    ['config.no-target', 'config', 'target'],
    ['app.defect', 'app', 'support'],
  ])('%s of %s is %s', (code, origin, remedy) => {
    expect(remedyOf({ code, origin })).toBe(remedy);
  });

  it('exists for every code and origin', () => {
    for (const code of Object.keys(problems))
      for (const origin of ORIGINS) expect(remedyOf({ code, origin }), code).toMatch(/^[a-z]+$/);
  });
});
