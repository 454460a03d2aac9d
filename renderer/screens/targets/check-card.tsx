// The answers of the target: one row for each question, with a button that repairs what failed.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Problem, RememberedTarget } from '../../../core/contract.js';
import { listNames, useFormat, useText, type Say, type TextKey } from '../../i18n/i18n.js';
import { useProblemWords } from '../../i18n/problem-words.js';
import { Card } from '../../parts/card.js';
import { chartsPlace } from '../../i18n/charts-place.js';
import { IconClock } from '../../parts/icons.js';
import { CHECK_STATES, type StatusWord } from '../../parts/status-words.js';
import { Status } from '../../parts/status.js';
import {
  checkRows,
  isAboutCredentials,
  type CheckRow,
  type CheckTopic,
} from '../../stores/target/check-rows.js';
import { hostOf } from '../../stores/target/target-spec.js';
import { useTarget } from '../../stores/target/target.js';
import { CertificateRemedy, showsCertificate } from './certificate-remedy.js';
import { saveSpec } from './save-draft.js';
import css from './targets.module.css';

interface CheckCardProps {
  readonly target: RememberedTarget;
  readonly onPassword: (address: string) => void;
}

const TOPICS: Readonly<Record<CheckTopic, TextKey>> = {
  reachable: 'check.topic.reachable',
  product: 'check.topic.product',
  encryption: 'check.topic.encryption',
  credentials: 'check.topic.credentials',
  mayPull: 'check.topic.mayPull',
  mayPush: 'check.topic.mayPush',
  mayDelete: 'check.topic.mayDelete',
  mayCreateProjects: 'check.topic.mayCreateProjects',
  quota: 'check.topic.quota',
  clock: 'check.topic.clock',
  host: 'check.topic.host',
  folder: 'check.topic.folder',
  space: 'check.topic.space',
  charts: 'check.topic.charts',
  other: 'check.topic.other',
};

const STATES: Readonly<Record<CheckRow['state'], StatusWord>> = {
  ...CHECK_STATES,
  checking: { icon: IconClock, text: 'target.status.checking', tone: 'muted' },
};

export function CheckCard({ target, onPassword }: CheckCardProps) {
  const text = useText();
  const format = useFormat();
  const state = useTarget(({ checks }) => checks[target.id] ?? null);
  const rows = checkRows(target.spec, state);
  const count = (wanted: CheckRow['state']): number => rows.filter((row) => row.state === wanted).length;
  const done = state?.state === 'done';
  return (
    <Card
      title={text('check.title')}
      note={
        done && (
          <>
            <Status of={CHECK_STATES[count('fine') === 0 ? 'not-checked' : 'fine']} chip>
              {text('check.fineOf', { count: count('fine'), total: rows.length })}
            </Status>{' '}
            {count('to-know') > 0 && (
              <Status of={CHECK_STATES['to-know']} chip>
                {text('check.toKnowCount', { count: count('to-know') })}
              </Status>
            )}{' '}
            {count('failed') > 0 && (
              <Status of={CHECK_STATES.failed} chip>
                {text('check.failedCount', { count: count('failed') })}
              </Status>
            )}
          </>
        )
      }
      actions={
        done && (
          <span className="small muted num">
            {text('check.at', { time: format.time(state.at), seconds: state.seconds.toFixed(1) })}
          </span>
        )
      }
    >
      <table className={css.checks} aria-busy={state?.state === 'checking'}>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              <td>
                <Status of={STATES[row.state]}>
                  <span className={row.state === 'fine' || row.state === 'to-know' ? css.topic : undefined}>
                    {text(TOPICS[row.topic])}
                  </span>
                </Status>
                <span className="unseen">, {text(STATES[row.state].text)}</span>
              </td>
              <td>
                <Answer row={row} target={target} />
              </td>
              <td>
                <Remedy row={row} target={target} onPassword={onPassword} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Answer({ row, target }: { readonly row: CheckRow; readonly target: RememberedTarget }) {
  const text = useText();
  const format = useFormat();
  const words = useProblemWords();
  if (row.problem !== null) {
    const { message, hint } = words(row.problem);
    return (
      <>
        <div>{message}</div>
        {hint !== '' && <div className={css.remedy}>{hint}</div>}
      </>
    );
  }
  return <>{answerOf(row, target, text, format.bytes)}</>;
}

function answerOf(
  { topic, state, value, bytes, by, mayPublish }: CheckRow,
  { spec }: RememberedTarget,
  text: Say,
  size: (bytes: number) => string,
): ReactNode {
  if (state === 'checking') return text('check.waiting');
  if (by !== undefined) return text(UNANSWERED[by]);
  const mono = <span className="mono">{value}</span>;
  switch (topic) {
    case 'reachable':
    case 'folder':
      return mono;
    case 'charts':
      return (
        <>
          <span className="mono">{chartsPlace(value, text)}</span>
          {(state === 'failed' || mayPublish === null) && (
            <div className={css.remedy}>
              {text(state === 'failed' ? 'check.sameCause' : 'check.publishUnknown')}
            </div>
          )}
        </>
      );
    case 'product':
      return state === 'fine' ? (PRODUCTS[value] ?? value) : text('check.product.unknown');
    case 'encryption':
      if (state === 'to-know') return text('check.plain', { hosts: listNames(value.split(' ')) });
      return text(state === 'fine' ? trustWords(spec) : 'check.notReached');
    case 'credentials':
      if (state !== 'fine') return text('check.notReached');
      return value === 'none' ? text('check.noLogin') : text('check.login');
    case 'mayPull':
    case 'mayPush':
    case 'mayDelete':
    case 'mayCreateProjects':
      return text(state === 'fine' ? 'check.may' : 'check.mayNot');
    case 'quota':
      return (
        <>
          {mono} {bytes === null ? text('check.unlimited') : text('check.space', { bytes: size(bytes) })}
        </>
      );
    case 'clock':
      if (state === 'fine') return text('check.clockSame');
      return text((bytes ?? 0) > 0 ? 'check.clockAhead' : 'check.clockBehind', {
        seconds: Math.abs(bytes ?? 0),
      });
    case 'host':
      return (
        <>
          {mono} {text(state === 'fine' ? 'check.hostAllowed' : 'check.hostOffer')}
        </>
      );
    case 'space':
      return bytes === null ? text('check.spaceUnknown') : text('check.space', { bytes: size(bytes) });
    case 'other':
      return value;
  }
}

const UNANSWERED: Readonly<Record<NonNullable<CheckRow['by']>, TextKey>> = {
  administrator: 'check.by.administrator',
  plan: 'check.by.plan',
  import: 'check.by.import',
  nobody: 'check.by.nobody',
};

/** By what the certificate is trusted, as far as this target has something of its own. */
function trustWords({ tls = {} }: RememberedTarget['spec']): TextKey {
  if ((tls.fingerprints ?? []).length > 0) return 'check.tlsFingerprint';
  return (tls.caFiles ?? []).length > 0 ? 'check.tlsCaFile' : 'check.tls';
}

/** Product names are not translated. */
const PRODUCTS: Readonly<Record<string, string>> = {
  harbor: 'Harbor',
  distribution: 'distribution (registry:2)',
  zot: 'zot',
  jfrog: 'JFrog Artifactory',
};

interface RemedyProps {
  readonly row: CheckRow;
  readonly target: RememberedTarget;
  readonly onPassword: (address: string) => void;
}

function Remedy({ row, target, onPassword }: RemedyProps) {
  const text = useText();
  const { problem } = row;
  if (row.topic === 'host' && row.state === 'to-know')
    return (
      <Button size="compact-xs" onClick={() => allow(target, row.value)}>
        {text('check.allowHost', { host: row.value })}
      </Button>
    );
  if (problem === null) return null;
  if (isAboutCredentials(problem.code)) {
    // An oci:// address does not say http or https; on the registry's host it is reached as the registry is.
    const registry = target.spec.registry ?? row.value;
    const address = row.topic === 'charts' && hostOf(row.value) !== hostOf(registry) ? row.value : registry;
    return (
      <Button size="compact-xs" onClick={() => onPassword(address)}>
        {text('check.enterPassword')}
      </Button>
    );
  }
  if (showsCertificate(problem)) return <CertificateRemedy problem={problem} target={target} />;
  const host = refusedHost(problem);
  if (host === null) return null;
  return (
    <Button size="compact-xs" onClick={() => allow(target, host)}>
      {text('check.allowHost', { host })}
    </Button>
  );
}

/** The host to which the registry redirected and which is not allowed yet. */
function refusedHost({ code, params }: Problem): string | null {
  const { host } = params;
  return code === 'registry.host-not-allowed' && host !== undefined ? String(host) : null;
}

function allow(target: RememberedTarget, host: string): void {
  const allowHosts = [...new Set([...(target.spec.allowHosts ?? []), host])];
  saveSpec(target, { ...target.spec, allowHosts });
}
