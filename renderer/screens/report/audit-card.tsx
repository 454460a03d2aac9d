// The audit of a target without a package: what its published charts need, and what is missing, collapsed or pinned to one
// platform.
import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import type { Audit, AuditState } from '../../../core/contract.js';
import { listNames, useText, type TextKey } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { ErrorCard } from '../../parts/error-card.js';
import { IconAlertTriangle, IconCheck, IconShieldCheck } from '../../parts/icons.js';
import { LongList } from '../../parts/lists/long-list.js';
import { Toned } from '../../parts/status.js';
import { useReport } from '../../stores/report.js';
import { useSettings } from '../../stores/settings.js';
import css from './report.module.css';

const STATES: Readonly<Record<Exclude<AuditState, 'ok'>, TextKey>> = {
  elsewhere: 'audit.elsewhere',
  missing: 'audit.missing',
  'one-platform': 'audit.onePlatform',
  'pinned-to-one-platform': 'audit.pinned',
  unreadable: 'state.unreadable',
};

export function AuditCard() {
  const text = useText();
  const targets = useSettings(({ settings }) => settings?.targets) ?? [];
  const { audit, auditing, auditProblem, runAudit } = useReport();
  const [chosen, setChosen] = useState<string | null>(null);
  const target = targets.find(({ id }) => id === chosen) ?? targets[0];
  if (!target) return null;
  return (
    <Card
      icon={IconShieldCheck}
      title={text('audit.title')}
      note={text('audit.note')}
      actions={
        <>
          <Select
            size="xs"
            aria-label={text('audit.target')}
            value={target.id}
            allowDeselect={false}
            data={targets.map(({ id, label }) => ({ value: id, label }))}
            onChange={setChosen}
          />
          <Button
            size="xs"
            loading={auditing}
            onClick={() =>
              void runAudit({
                target: target.spec,
                ...(target.platforms.length > 0 ? { requirePlatforms: target.platforms } : {}),
              })
            }
          >
            {text('audit.start')}
          </Button>
        </>
      }
    >
      {auditProblem !== null && (
        <div className={css.cardBody}>
          <ErrorCard problem={auditProblem} alert />
        </div>
      )}
      {audit !== null && <Findings audit={audit} />}
    </Card>
  );
}

function Findings({ audit: { charts, platforms, problems, ok } }: { readonly audit: Audit }) {
  const text = useText();
  const findings = charts.flatMap((chart) =>
    chart.images.filter(({ state }) => state !== 'ok').map((image) => ({ chart, image })),
  );
  return (
    <div className={css.cardBody} role="status">
      {ok && findings.length === 0 ? (
        <Toned icon={IconCheck} tone="ok">
          {text('audit.fine', { count: charts.length, platforms: listNames(platforms) })}
        </Toned>
      ) : (
        <Toned icon={IconAlertTriangle} tone="conflict">
          {text('audit.findings', { count: findings.length })}
        </Toned>
      )}
      {problems.map((one) => (
        <ErrorCard key={`${one.code} ${one.message}`} problem={one} />
      ))}
      {findings.length > 0 && (
        <LongList
          items={findings}
          keyOf={({ chart, image }) => `${chart.url} ${chart.name} ${chart.version} ${image.reference}`}
          label={text('audit.findings', { count: findings.length })}
          className={css.findings}
          rowHeight={20}
        >
          {({ chart, image: { reference, state, lacking, mend } }) => (
            <>
              <b>{chart.name}</b> <span className="mono muted">{chart.version}</span>{' '}
              <span className="mono">{reference}</span> {state !== 'ok' && text(STATES[state])}{' '}
              <span className="mono muted">{listNames(lacking)}</span>{' '}
              {mend && <span className="small muted">{text('audit.mend', { package: mend.package })}</span>}
            </>
          )}
        </LongList>
      )}
    </div>
  );
}
