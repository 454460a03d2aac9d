// "Import now": plans and writes in one go. The dialog says that this replaces the approval of a plan.
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { bytesToRead } from '../../../core/contract.js';
import type { RememberedTarget } from '../../../core/contract.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { classes } from '../../parts/classes.js';
import { Dialog } from '../../parts/dialog/dialog.js';
import { Facts } from '../../parts/facts.js';
import { IconCheck } from '../../parts/icons.js';
import { Toned } from '../../parts/status.js';
import { useApp } from '../../stores/app.js';
import { requestFor } from '../../stores/plan/current-request.js';
import type { ChosenPackage } from '../../stores/packages/package-list.js';
import { usePackages } from '../../stores/packages/packages.js';
import { useRun } from '../../stores/run/run.js';
import { useSettings } from '../../stores/settings.js';
import { useTarget } from '../../stores/target/target.js';
import css from './packages.module.css';

interface ImportNowProps {
  readonly packages: readonly ChosenPackage[];
  /** At least one; the chosen target is the first. */
  readonly targets: readonly RememberedTarget[];
  readonly onClose: () => void;
}

export function ImportNow({ packages, targets, onClose }: ImportNowProps) {
  const text = useText();
  const format = useFormat();
  const bytes = bytesToRead(packages);
  const checks = useTarget((state) => state.checks);
  const [first] = targets;
  useEffect(() => {
    // A folder says how much is free there; a registry is not contacted before the person agrees.
    const folders = targets.filter(({ spec }) => spec.store !== undefined);
    void checkEach(folders);
  }, [targets]);
  const freeOf = ({ id }: RememberedTarget): string => {
    const free = checks[id]?.check?.registry.free ?? null;
    return free === null ? text('packages.now.freeUnknown') : format.bytes(free);
  };
  const start = (): void => {
    if (first === undefined) return;
    usePackages.getState().stopReading();
    useTarget.getState().choose(first);
    useTarget.getState().use();
    const verify = useSettings.getState().settings?.verifyAfterImport ?? true;
    const requests = targets.flatMap((target) => {
      const request = requestFor(target);
      return request === null ? [] : [{ ...request, verify }];
    });
    const [only] = requests;
    if (only === undefined) return;
    void (requests.length > 1 ? useRun.getState().startSeveral(requests) : useRun.getState().start(only));
    useApp.getState().show('run');
  };
  return (
    <Dialog onClose={onClose} title={text('packages.now.title')}>
      <Facts
        facts={[
          [
            text('packages.now.what'),
            packages.map(({ path, name }) => (
              <span key={path} className={classes('mono', css.lines)}>
                {name}
              </span>
            )),
          ],
          [text('packages.now.bytes'), format.bytes(bytes)],
          ...(targets.length > 1
            ? [
                [
                  text('packages.now.whereSeveral'),
                  targets.map((target) => (
                    <span key={target.id} className={css.lines}>
                      <span className="mono">{target.spec.store ?? target.label}</span>{' '}
                      {target.spec.store !== undefined && (
                        <span className="muted">
                          {text('packages.now.whereFree', { free: freeOf(target) })}
                        </span>
                      )}
                    </span>
                  )),
                ] as const,
              ]
            : targets.flatMap((target) => [
                [
                  text('packages.now.where'),
                  <span key="where" className="mono">
                    {target.spec.store ?? target.label}
                  </span>,
                ] as const,
                [text('packages.now.free'), freeOf(target)] as const,
              ])),
        ]}
      />
      <p className={css.text}>{text('packages.now.text')}</p>
      {targets.length > 1 && <p className="small muted">{text('packages.now.severalText')}</p>}
      <p className="small muted">{text('packages.now.rules')}</p>
      <p className={css.text}>
        <Toned icon={IconCheck} tone="ok">
          {text('packages.now.guarantee')}
        </Toned>
      </p>
      <div className={css.buttons}>
        <Button onClick={onClose}>{text('action.cancel')}</Button>
        <Button variant="filled" onClick={start} data-autofocus>
          {text('packages.importNow')}
        </Button>
      </div>
    </Dialog>
  );
}

/** One after the other, because a check ends the one before it. */
async function checkEach(targets: readonly RememberedTarget[]): Promise<void> {
  for (const target of targets) await useTarget.getState().check(target);
}
