// `audit`: which images the published charts of a target need, and which of them its registry lacks. It needs no package.
import type { AuditRequest } from '../../core/contract.js';
import { toProblem } from '../../core/engine.js';
import type { Command } from '../command.js';
import { auditComplaints, auditText } from '../display/audit-text.js';
import { problemText } from '../display/text/problem-text.js';
import { exitCodeForAudit } from '../exit-codes.js';
import { credentialOptions } from '../options/credentials.js';
import { networkOptions } from '../options/network.js';
import { auditOptions, readRequired } from '../options/proof.js';
import { readPatience } from '../options/run.js';
import { namingOptions, targetOptions } from '../options/target.js';
import { given } from '../options/values.js';
import { nodePlatforms, readTarget } from '../target-spec.js';

export const auditCommand: Command = {
  meta: {
    name: 'audit',
    summary: 'cli.audit.summary',
    examples: [
      'audit --registry https://registry.local --charts http://charts.local:8081',
      'audit -c clusterConfig.yaml --require-platforms linux/amd64,linux/arm64',
      'audit --store ./archbridge-store --json',
    ],
    groups: [auditOptions, targetOptions, namingOptions, credentialOptions, networkOptions],
    failureJson: (problem) => ({
      schema: 'archbridge.audit/1',
      ok: false,
      platforms: [],
      charts: [],
      summary: {},
      problems: [problem],
    }),
  },
  async handler(context, _operands, values) {
    const options = { requirePlatforms: readRequired(values), patience: readPatience(values) };
    const described = await readTarget(values, context);
    const { target, notes } = described;
    for (const note of notes)
      context.display.note(problemText(toProblem(note, context.language), context.language));
    const { display, signal } = context;
    const answer = await context.engine().audit(
      { ...nodePlatforms(described), ...given<AuditRequest>({ target, ...options }) },
      {
        signal,
        onEvent: (event) => display.event(event),
      },
    );
    if (!answer.ok) return answer;
    const audit = answer.value;
    return {
      ok: true,
      value: {
        code: exitCodeForAudit(audit),
        json: audit,
        text: () => auditText(audit, context),
        complaints: () => auditComplaints(audit, context),
      },
    };
  },
};
