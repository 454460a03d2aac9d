// A saved target: its address, names of images, account, and the platforms of its nodes.
import { Button } from '@mantine/core';
import type { RememberedTarget } from '../../../core/contract.js';
import { listNames, useText, type Say, type TextKey } from '../../i18n/i18n.js';
import { Card, Tag } from '../../parts/card.js';
import { chartsPlace } from '../../i18n/charts-place.js';
import { Facts, type Fact } from '../../parts/facts.js';
import { IconDatabase, IconFolder, IconKey, IconRefresh } from '../../parts/icons.js';
import { Toned } from '../../parts/status.js';
import { useApp } from '../../stores/app.js';
import { EXAMPLE_IMAGE, namingExample } from '../../stores/target/naming-example.js';
import { draftOf, type NamingChoice } from '../../stores/target/target-draft.js';
import { hostOf, originOf, plainHosts } from '../../stores/target/target-spec.js';
import { useTarget } from '../../stores/target/target.js';
import { PlatformFields } from './platform-fields.js';
import css from './targets.module.css';

interface TargetViewProps {
  readonly target: RememberedTarget;
  /** False for the folder that is always in the list. */
  readonly builtIn: boolean;
  readonly onEdit: () => void;
  readonly onForget: () => void;
  readonly onChangeFolder: () => void;
}

export const NAMING_WORDS: Readonly<Record<NamingChoice, TextKey>> = {
  keep: 'target.naming.keep',
  below: 'target.naming.below',
  'one-project': 'target.naming.oneProject',
  origin: 'target.naming.origin',
  mirror: 'target.naming.mirror',
  'as-given': 'target.naming.asGiven',
};

export function TargetView({ target, builtIn, onEdit, onForget, onChangeFolder }: TargetViewProps) {
  const text = useText();
  const { spec, label } = target;
  const isFolder = spec.registry === undefined;
  const checking = useTarget(({ checks }) => checks[target.id]?.state === 'checking');
  const { check, stopCheck, remember } = useTarget.getState();
  return (
    <Card
      icon={isFolder ? IconFolder : IconDatabase}
      title={builtIn ? text('target.folder') : <span className="mono">{label}</span>}
      note={
        plainHosts(spec).length > 0 ? <Tag tone="conflict">{text('target.notEncrypted')}</Tag> : undefined
      }
      actions={
        <>
          {!builtIn && (
            <Button size="compact-xs" onClick={onForget}>
              {text('target.forget')}
            </Button>
          )}
          <Button size="compact-xs" onClick={isFolder ? onChangeFolder : onEdit}>
            {isFolder ? text('target.changeFolder') : text('target.edit')}
          </Button>
          <Button
            size="compact-xs"
            leftSection={<IconRefresh size={14} />}
            aria-keyshortcuts="Control+Enter"
            onClick={() => (checking ? stopCheck() : void check(target))}
          >
            {checking ? text('target.stopCheck') : text('target.check')}
          </Button>
        </>
      }
      padded
    >
      <div className={css.facts}>
        <Facts facts={isFolder ? folderFacts(target, text) : imageFacts(target, text)} />
        <Facts
          facts={[
            ...(isFolder ? [] : loginFacts(target, text)),
            [
              text('target.platforms'),
              <PlatformFields
                key="platforms"
                value={target.platforms}
                onChange={(platforms) => void remember({ ...target, platforms })}
              />,
            ],
            ...leftOut(target, text),
          ]}
        />
      </div>
    </Card>
  );
}

function folderFacts({ spec }: RememberedTarget, text: Say): readonly Fact[] {
  const store = spec.store ?? '';
  return [
    [text('target.fact.folder'), mono(store)],
    [text('target.fact.images'), text('target.fact.layout')],
    [text('target.fact.charts'), mono(`${store}/charts`)],
  ];
}

function imageFacts(target: RememberedTarget, text: Say): readonly Fact[] {
  const { spec } = target;
  const charts = spec.charts?.map(({ folder, url }) => (folder === undefined ? url : `${folder}: ${url}`));
  const { registry, repository } = EXAMPLE_IMAGE;
  return [
    [text('target.fact.registry'), mono(spec.registry ?? '')],
    [
      text('target.fact.charts'),
      spec.noCharts === true
        ? text('target.charts.none')
        : mono(
            charts === undefined
              ? chartsPlace(`oci://${hostOf(spec.registry ?? '')}/{repo}`, text)
              : listNames(charts.map((url) => chartsPlace(url, text))),
          ),
    ],
    ...trusted(target, text),
    [text('target.fact.naming'), text(NAMING_WORDS[draftOf(target).naming])],
    [text('target.fact.example'), mono(`${registry}/${repository} → ${namingExample(spec)}`)],
  ];
}

/** What is trusted beyond the authorities of this computer. */
function trusted({ spec: { tls = {} } }: RememberedTarget, text: Say): readonly Fact[] {
  const { caFiles = [], fingerprints = [] } = tls;
  const lines = [...caFiles, ...fingerprints.map((one) => `SHA-256 ${one}`)];
  return lines.length === 0 ? [] : [[text('target.fact.trust'), mono(listNames(lines))]];
}

function loginFacts({ spec, username }: RememberedTarget, text: Say): readonly Fact[] {
  return [
    [text('target.fact.user'), username === '' ? text('target.fact.noUser') : mono(username)],
    ...(username === ''
      ? []
      : [
          [
            text('target.fact.password'),
            <PasswordPlace key="password" registry={spec.registry ?? ''} />,
          ] as const,
        ]),
  ];
}

function PasswordPlace({ registry }: { readonly registry: string }) {
  const text = useText();
  const keeps = useApp(({ info }) => info?.keepsPasswords === true);
  const given = useTarget(({ passwords }) => passwords.has(originOf(registry)));
  const words: TextKey = keeps
    ? 'target.password.keychain'
    : given
      ? 'target.password.session'
      : 'target.password.asked';
  return (
    <Toned icon={IconKey} tone="plain">
      {text(words)}
    </Toned>
  );
}

function leftOut(target: RememberedTarget, text: Say): readonly Fact[] {
  const count = target.skippedCharts.length;
  if (count === 0) return [];
  const all = (): void => void useTarget.getState().remember({ ...target, skippedCharts: [] });
  return [
    [
      text('target.fact.leftOut'),
      <span key="left-out" title={listNames(target.skippedCharts)}>
        {text('target.leftOut', { count })}{' '}
        <Button variant="subtle" size="compact-xs" onClick={all}>
          {text('target.takeAll')}
        </Button>
      </span>,
    ],
  ];
}

function mono(value: string) {
  return <span className="mono">{value}</span>;
}
