// The last imports, each with a link to its report.
import { Button } from '@mantine/core';
import { outcomeOfRun } from '../../../core/contract.js';
import { listGroups, listNames, useFormat, useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { classes } from '../../parts/classes.js';
import { IconClock } from '../../parts/icons.js';
import { OUTCOMES } from '../../parts/status-words.js';
import { Status } from '../../parts/status.js';
import { useApp } from '../../stores/app.js';
import { groupBy } from '../../stores/group-by.js';
import { packageFacts } from '../../stores/packages/package-name.js';
import { isUndone } from '../../stores/report-rows.js';
import { useReport } from '../../stores/report.js';
import { targetLabel } from '../../stores/target/target-spec.js';
import css from './packages.module.css';

const SHOWN = 3;

export function RecentImports() {
  const text = useText();
  const format = useFormat();
  const history = useReport((state) => state.history);
  const runs = (history ?? []).filter(({ kind }) => kind === 'import').slice(0, SHOWN);
  if (runs.length === 0) return null;
  const open = (run: string): void => {
    void useReport.getState().open(run);
    useApp.getState().show('report');
  };
  return (
    <Card icon={IconClock} title={text('packages.recent')}>
      <table className={classes(css.table, css.imports)} aria-label={text('packages.recent')}>
        <tbody>
          {runs.map(({ run, packages, target, started, kind, result, gaps }) => (
            <tr key={run} className={css.row}>
              <td className="strong" title={format.list(packages)}>
                {labelOf(packages)}
              </td>
              <td className="muted" title={target}>
                {text('frame.toTarget', { target: placeOf(target) })}
              </td>
              <td className="muted">{format.dateTime(started)}</td>
              <td>
                <Status
                  of={
                    OUTCOMES[isUndone(run, history ?? []) ? 'undone' : outcomeOfRun({ kind, result, gaps })]
                  }
                />
              </td>
              <td className="right">
                <Button variant="subtle" size="compact-xs" onClick={() => open(run)}>
                  {text('action.open')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

/** `addon 0.9.0, amd64 + arm64`: each product once, with its architectures. */
function labelOf(names: readonly string[]): string {
  const facts = names.map((name) => packageFacts(name));
  const groups = groupBy(facts, ({ label, version }) => `${label} ${version}`.trim());
  return listGroups(
    [...groups].map(([name, group]) => {
      const archs = group.map(({ arch }) => arch).filter((arch) => arch !== '');
      return listNames([name, archs.join(' + ')].filter((part) => part !== ''));
    }),
  );
}

function placeOf(location: string): string {
  return targetLabel(/^https?:/.test(location) ? { registry: location } : { store: location });
}
