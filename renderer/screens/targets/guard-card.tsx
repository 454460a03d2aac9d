// The offline guard of one target: each host that may be contacted, and for what.
import type { RememberedTarget } from '../../../core/contract.js';
import { useFormat, useText, type TextKey } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { IconBan, IconCheck, IconLockOpen, IconShieldCheck } from '../../parts/icons.js';
import tones from '../../parts/status.module.css';
import { useApp } from '../../stores/app.js';
import { hostsOf, type AllowedHost } from '../../stores/target/target-spec.js';
import css from './targets.module.css';

const PURPOSES: Readonly<Record<AllowedHost['purpose'], TextKey>> = {
  images: 'guard.images',
  charts: 'guard.charts',
  'images-and-charts': 'guard.imagesAndCharts',
  allowed: 'guard.allowed',
};

export function GuardCard({ target }: { readonly target: RememberedTarget }) {
  const text = useText();
  const format = useFormat();
  const web = useApp(({ info }) => info?.host === 'web');
  return (
    <Card icon={IconShieldCheck} title={text('guard.title')} padded>
      <p className="small muted">{text('guard.text')}</p>
      <ul>
        {hostsOf(target.spec).map(({ host, purpose, plain }) => (
          <li key={host} className={css.guardRow}>
            {plain ? (
              <IconLockOpen size={14} className={tones.conflict} />
            ) : (
              <IconCheck size={14} stroke={2} className={tones.ok} />
            )}
            <span className="mono cut">{host}</span>
            <span className="end small muted">
              {format.clauses([text(PURPOSES[purpose]), ...(plain ? [text('target.notEncrypted')] : [])])}
            </span>
          </li>
        ))}
        {web && (
          <li className={css.guardRow}>
            <IconCheck size={14} stroke={2} className={tones.ok} />
            <span className="mono">{window.location.hostname}</span>
            <span className="end small muted">{text('guard.window')}</span>
          </li>
        )}
        <li className={css.guardRow}>
          <IconBan size={14} stroke={2} className={tones.muted} />
          <span className="muted">{text('guard.everythingElse')}</span>
          <span className="end small muted">{text('guard.refused')}</span>
        </li>
      </ul>
    </Card>
  );
}
