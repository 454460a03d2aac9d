// What an undo would do to each tag and chart, for the whole run or for one chart; nothing is changed before the person agrees.
import { Button, Select } from '@mantine/core';
import type { UndoAction, UndoPlan } from '../../../core/contract.js';
import { shortDigest } from '../../format.js';
import { useText, type TextKey } from '../../i18n/i18n.js';
import { Dialog } from '../../parts/dialog/dialog.js';
import { ErrorCard } from '../../parts/error-card.js';
import { LongList } from '../../parts/lists/long-list.js';
import { reasonWords } from '../../parts/reason-words.js';
import { useApp } from '../../stores/app.js';
import { useReport } from '../../stores/report.js';
import { useRun } from '../../stores/run/run.js';
import css from './report.module.css';

const ACTIONS: Readonly<Record<UndoAction, TextKey>> = {
  restore: 'undo.restore',
  remove: 'undo.remove',
  leave: 'undo.leave',
};
const ALL = '*';

export function UndoDialog() {
  const undo = useReport((state) => state.undo);
  return undo && <OpenDialog undo={undo} />;
}

type OpenUndo = NonNullable<ReturnType<typeof useReport.getState>['undo']>;

function OpenDialog({ undo: { request, preview, problem } }: { readonly undo: OpenUndo }) {
  const text = useText();
  const { leaveUndo, previewUndo, report } = useReport();
  const start = (): void => {
    leaveUndo();
    void useRun.getState().undo(request);
    useApp.getState().show('run');
  };
  const charts = [
    ...new Set((report?.charts ?? []).map(({ repo, name }) => (repo === '' ? name : `${repo}/${name}`))),
  ];
  const changes =
    preview === null
      ? 0
      : [...preview.tags, ...preview.charts].filter(({ action }) => action !== 'leave').length;
  return (
    <Dialog size="lg" onClose={leaveUndo} title={text('undo.title')}>
      {charts.length > 1 && (
        <Select
          label={text('undo.what')}
          value={request.only?.[0] ?? ALL}
          allowDeselect={false}
          searchable
          limit={200}
          data={[
            { value: ALL, label: text('undo.everything') },
            ...charts.map((chart) => ({ value: chart, label: chart })),
          ]}
          onChange={(value) => {
            const { only: _, ...rest } = request;
            void previewUndo(value === null || value === ALL ? rest : { ...rest, only: [value] });
          }}
        />
      )}
      {problem !== null && <ErrorCard problem={problem} alert />}
      {preview === null && problem === null && <p className="muted">{text('compare.reading')}</p>}
      {preview !== null && (
        <p className={css.summary}>
          <b>{text('undo.summary', { count: changes, ...countsOf(preview) })}</b>
        </p>
      )}
      {preview !== null && <Preview preview={preview} />}
      <div className={css.buttons}>
        <Button onClick={leaveUndo} data-autofocus>
          {text('action.cancel')}
        </Button>
        <Button data-danger disabled={changes === 0} onClick={start}>
          {preview === null ? text('undo.startNone') : text('undo.start', { count: changes })}
        </Button>
      </div>
    </Dialog>
  );
}

/** How many tags and charts are put back, removed and left. */
function countsOf({ tags, charts }: UndoPlan): Readonly<Record<UndoAction, number>> {
  const all = [...tags, ...charts];
  const count = (wanted: UndoAction): number => all.filter(({ action }) => action === wanted).length;
  return { restore: count('restore'), remove: count('remove'), leave: count('leave') };
}

function Preview({ preview: { tags, charts, missing, problems } }: { readonly preview: UndoPlan }) {
  const text = useText();
  return (
    <div className={css.preview} tabIndex={0} role="group" aria-label={text('undo.title')}>
      {problems.map((one) => (
        <ErrorCard key={`${one.code} ${one.message}`} problem={one} />
      ))}
      {missing.map(({ target, digest, package: name }) => (
        <p key={`${target} ${digest}`} className="small">
          {text('undo.missing', { target, package: name === '' ? text('undo.unknownPackage') : name })}
        </p>
      ))}
      <LongList items={tags} keyOf={({ target }) => target} label={text('report.column.tag')} rowHeight={28}>
        {({ target, action, now, then, reason }) => {
          const words = reasonWords(reason);
          return (
            <div className={css.previewRow}>
              <b>{text(ACTIONS[action])}</b> <span className="mono">{target}</span>{' '}
              <span className="small muted mono">
                {action === 'restore' &&
                  `${now === null ? '–' : shortDigest(now)} → ${then === null ? '–' : shortDigest(then)}`}
              </span>{' '}
              <span className="small muted">{words === null ? '' : text(words)}</span>
            </div>
          );
        }}
      </LongList>
      <LongList
        items={charts}
        keyOf={({ url, name, version }) => `${url} ${name} ${version}`}
        label={text('plan.way.charts')}
        rowHeight={28}
      >
        {({ url, name, version, action, reason }) => {
          const words = reasonWords(reason);
          return (
            <div className={css.previewRow}>
              <b>{text(ACTIONS[action])}</b> {name} <span className="mono">{version}</span>{' '}
              <span className="small muted">{words === null ? url : text(words)}</span>
            </div>
          );
        }}
      </LongList>
    </div>
  );
}
