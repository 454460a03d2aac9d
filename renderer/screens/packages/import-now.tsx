// "Import now": plans and writes in one go. The dialog says that this replaces the approval of a plan.
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import type { RememberedTarget } from '../../../core/contract.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { classes } from '../../parts/classes.js';
import { Dialog } from '../../parts/dialog/dialog.js';
import { Facts } from '../../parts/facts.js';
import { IconCheck } from '../../parts/icons.js';
import { Toned } from '../../parts/status.js';
import { useApp } from '../../stores/app.js';
import { currentRequest } from '../../stores/plan/current-request.js';
import type { ChosenPackage } from '../../stores/packages/package-list.js';
import { usePackages } from '../../stores/packages/packages.js';
import { useRun } from '../../stores/run/run.js';
import { useSettings } from '../../stores/settings.js';
import { useTarget } from '../../stores/target/target.js';
import css from './packages.module.css';

interface ImportNowProps {
  readonly packages: readonly ChosenPackage[];
  readonly target: RememberedTarget;
  readonly onClose: () => void;
}

export function ImportNow({ packages, target, onClose }: ImportNowProps) {
  const text = useText();
  const format = useFormat();
  const bytes = packages.reduce((sum, one) => sum + one.bytes, 0);
  const free = useTarget(({ checks }) => checks[target.id]?.check?.registry.free ?? null);
  useEffect(() => {
    // A folder says how much is free there; a registry is not contacted before the person agrees.
    if (target.spec.store !== undefined) void useTarget.getState().check(target);
  }, [target]);
  const start = (): void => {
    usePackages.getState().stopReading();
    useTarget.getState().choose(target);
    useTarget.getState().use();
    const request = currentRequest();
    if (request === null) return;
    const verify = useSettings.getState().settings?.verifyAfterImport ?? true;
    void useRun.getState().start({ ...request, verify });
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
          [
            text('packages.now.where'),
            <span key="where" className="mono">
              {target.spec.store ?? target.label}
            </span>,
          ],
          [text('packages.now.free'), free === null ? text('packages.now.freeUnknown') : format.bytes(free)],
        ]}
      />
      <p className={css.text}>{text('packages.now.text')}</p>
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
