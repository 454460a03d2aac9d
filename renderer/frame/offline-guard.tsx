// The list of all hosts that may be contacted; it is visible on every screen.
import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useText } from '../i18n/i18n.js';
import { IconLock, IconLockOpen, IconShieldCheck } from '../parts/icons.js';
import { targetsOfRuns, useRun } from '../stores/run/run.js';
import { hostsOf } from '../stores/target/target-spec.js';
import { useTargetsOfImport } from '../stores/target/targets-of-import.js';
import { useTarget } from '../stores/target/target.js';
import css from './rail.module.css';

export function OfflineGuard() {
  const text = useText();
  const current = useTarget((state) => state.current);
  const targets = useTargetsOfImport(current);
  // A run contacts the hosts of its own target, whatever is chosen meanwhile.
  const running = useRun(useShallow(targetsOfRuns));
  const hosts = useMemo(() => {
    const all = [...running, ...targets.map(({ spec }) => spec)].flatMap((spec) => hostsOf(spec));
    return [...new Map(all.map((one) => [one.host, one])).values()];
  }, [running, targets]);
  return (
    <section className={css.guard} aria-label={text('guard.on')} title={text('guard.on')}>
      <div className={css.guardTitle}>
        <IconShieldCheck size={16} stroke={1.75} />
        <span className={css.guardName}>{text('guard.on')}</span>
      </div>
      <div className={css.label}>{text('guard.only')}</div>
      <ul className={css.hosts}>
        {hosts.length === 0 && (
          <li>
            <IconLock size={14} />
            {text('guard.nobody')}
          </li>
        )}
        {hosts.map(({ host, plain }) => (
          <li key={host} title={plain ? text('target.notEncrypted') : undefined}>
            {plain ? <IconLockOpen size={14} /> : <IconLock size={14} />}
            <span className="cut">{host}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
