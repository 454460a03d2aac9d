// Which of several targets of this import a screen shows; absent where there is one.
import { SegmentedControl } from '@mantine/core';
import type { RememberedTarget } from '../../core/contract.js';
import { useText } from '../i18n/i18n.js';
import { useApp } from '../stores/app.js';
import { useTarget } from '../stores/target/target.js';
import { useTargetsOfImport } from '../stores/target/targets-of-import.js';
import css from './frame.module.css';

export function TargetSwitch({ label }: { readonly label: string }) {
  const nameOf = useTargetName();
  const current = useTarget((state) => state.current);
  const targets = useTargetsOfImport(current);
  if (current === null || targets.length < 2) return null;
  // The same order whichever is shown.
  const inOrder = targets.toSorted((a, b) => a.id.localeCompare(b.id));
  return (
    <div className={css.switch}>
      <span className="strong">{label}</span>
      <SegmentedControl
        aria-label={label}
        value={current.id}
        onChange={(id) => {
          const found = targets.find((target) => target.id === id);
          if (found) useTarget.getState().look(found);
        }}
        data={inOrder.map((target) => ({ value: target.id, label: nameOf(target) }))}
      />
    </div>
  );
}

/** What a target is called in the window: the folder on this computer has no name of its own. */
export function useTargetName(): (target: Pick<RememberedTarget, 'label' | 'spec'>) => string {
  const text = useText();
  const store = useApp(({ info }) => info?.defaultStore);
  return ({ label, spec }) => (store !== undefined && spec.store === store ? text('target.folder') : label);
}
