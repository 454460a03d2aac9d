// The rail: the current import, the six steps, history and settings, and every host that may be contacted.
import { useText, type Say } from '../i18n/i18n.js';
import { classes } from '../parts/classes.js';
import { IconAlertTriangle, IconCheck, IconClock, IconQuestionMark, IconSettings } from '../parts/icons.js';
import { Toned } from '../parts/status.js';
import { useApp } from '../stores/app.js';
import { useReport } from '../stores/report.js';
import { ImportSummary } from './import-summary.js';
import { Mark } from './mark.js';
import { OfflineGuard } from './offline-guard.js';
import css from './rail.module.css';
import { STEP_REASONS, STEP_TITLES } from './step-titles.js';
import type { Step, StepNote } from './steps.js';
import { useSteps } from './use-steps.js';

export function Rail() {
  const text = useText();
  const steps = useSteps();
  const { screen, show } = useApp();
  const history = useReport((state) => state.history?.length ?? 0);
  return (
    <aside className={css.rail} aria-label={text('frame.rail')}>
      <div className={css.brand}>
        <Mark />
        <span className={css.brandName}>Archbridge</span>
      </div>
      <ImportSummary />
      <nav aria-label={text('frame.steps')}>
        <ol className={css.steps}>
          {steps.map((step) => (
            <li key={step.id} className={step.done ? css.done : undefined}>
              <StepButton step={step} />
            </li>
          ))}
        </ol>
      </nav>
      <nav className={css.others} aria-label="Archbridge">
        <div className={css.label}>Archbridge</div>
        <button
          type="button"
          className={css.item}
          title={text('frame.history')}
          onClick={() => show('report')}
        >
          <IconClock size={16} stroke={1.75} />
          <span className={css.otherName}>{text('frame.history')}</span>
          {history > 0 && <span className={css.note}>{history}</span>}
        </button>
        <button
          type="button"
          className={css.item}
          title={text('settings.title')}
          aria-current={screen === 'settings' ? 'page' : undefined}
          onClick={() => show('settings')}
        >
          <IconSettings size={16} stroke={1.75} />
          <span className={css.otherName}>{text('settings.title')}</span>
        </button>
        <button
          type="button"
          className={css.item}
          title={text('help.title')}
          aria-current={screen === 'help' ? 'page' : undefined}
          onClick={() => show('help')}
        >
          <IconQuestionMark size={16} stroke={1.75} />
          <span className={css.otherName}>{text('help.title')}</span>
        </button>
      </nav>
      <div className={css.gap} />
      <OfflineGuard />
    </aside>
  );
}

function StepButton({ step }: { readonly step: Step }) {
  const text = useText();
  const show = useApp((state) => state.show);
  const { id, locked, current, done, number, note } = step;
  return (
    <button
      type="button"
      className={classes(css.item, done && css.done)}
      aria-current={current ? 'step' : undefined}
      aria-disabled={locked}
      title={text(locked ? STEP_REASONS[id] : STEP_TITLES[id])}
      onClick={() => {
        if (!locked) show(id);
      }}
    >
      <span className={css.number} aria-hidden="true">
        {done ? <IconCheck size={12} stroke={2.5} /> : number}
      </span>
      <span className={css.stepName}>{text(STEP_TITLES[id])}</span>
      {done && <span className="unseen">{text('frame.done')}</span>}
      {locked && <span className="unseen">{text(STEP_REASONS[id])}</span>}
      <span className={css.note} data-kind={note?.kind}>
        {noteOf(note, text)}
      </span>
    </button>
  );
}

function noteOf(note: StepNote, text: Say) {
  switch (note?.kind) {
    case undefined:
      return null;
    case 'chosen':
      return text('frame.chosen', { count: note.count });
    case 'target':
      return text('frame.targetChosen');
    case 'percent':
      return `${note.percent}%`;
    case 'attention':
      return (
        <Toned icon={IconAlertTriangle} tone="conflict">
          {text('frame.open', { count: note.count })}
        </Toned>
      );
  }
}
