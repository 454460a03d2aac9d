// The targets of an import into several: progress or result of each, which one is shown below, and its report.
import { Button } from '@mantine/core';
import { outcomeOf } from '../../../core/contract.js';
import { useTargetName } from '../../frame/target-switch.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { SpanBar } from '../../parts/span-bar.js';
import { OUTCOMES } from '../../parts/status-words.js';
import { Status, Toned } from '../../parts/status.js';
import { useApp } from '../../stores/app.js';
import { useReport } from '../../stores/report.js';
import { useRun, type OneOfSeveral } from '../../stores/run/run.js';
import { useSettings } from '../../stores/settings.js';
import { placeOf, targetLabel } from '../../stores/target/target-spec.js';
import css from './run.module.css';

export function RunTargets() {
  const text = useText();
  const several = useRun((state) => state.several);
  const method = useRun((state) => state.method);
  if (several.length === 0) return null;
  return (
    <Card title={text('run.targets')} note={method === 'import' ? text('run.targetsNote') : undefined}>
      <ul className={css.targets}>
        {several.map((one) => (
          <TargetLine key={one.call} one={one} />
        ))}
      </ul>
    </Card>
  );
}

function TargetLine({ one: { call, request, progress, result } }: { readonly one: OneOfSeveral }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useTargetName();
  const isShown = useRun((state) => state.call === call);
  const saved = useSettings(({ settings }) => settings?.targets);
  const place = placeOf(request.target);
  const label = saved?.find(({ spec }) => placeOf(spec) === place)?.label ?? targetLabel(request.target);
  const name = nameOf({ label, spec: request.target });
  const percent =
    result === null ? Math.min(99, Math.floor(progress.done * 100)) : Math.floor(progress.done * 100);
  const outcome = result === null ? null : result.ok ? outcomeOf(result.value) : 'failed';
  // As many as the cards of this run: one for each cause.
  const problems = progress.problems.length;
  return (
    <li className={css.target} data-shown={isShown || undefined}>
      <button
        type="button"
        className={css.targetName}
        aria-pressed={isShown}
        title={place}
        onClick={() => useRun.getState().look(call)}
      >
        <span className="unseen">{text('run.showTarget', { name: '' })}</span>
        <span className="mono cut">{name}</span>
      </button>
      <SpanBar
        spans={[{ part: percent / 100, look: 'accent' }]}
        label={`${name} ${String(percent)}%`}
        progress={percent}
      />
      <span className="num right">{percent}%</span>
      <span className="num right muted">{format.bytes(progress.bytesSent)}</span>
      <span>
        {outcome !== null ? (
          <Status of={OUTCOMES[outcome]} />
        ) : (
          problems > 0 && <Toned tone="conflict">{text('run.targetProblems', { count: problems })}</Toned>
        )}
      </span>
      <span className="right">
        {result?.ok === true && (
          <Button
            size="compact-xs"
            aria-label={text('run.reportOf', { name })}
            onClick={() => {
              useReport.setState({ report: result.value, problem: null });
              useApp.getState().show('report');
            }}
          >
            {text('run.openReport')}
          </Button>
        )}
      </span>
    </li>
  );
}
