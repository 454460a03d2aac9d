// The newest lines of the log file, filtered by level and words, following its end; only the visible lines are rendered.
import { SegmentedControl, Switch, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useFormat, useText } from '../../i18n/i18n.js';
import { CopyButton } from '../../parts/copy-button.js';
import { IconSearch } from '../../parts/icons.js';
import { useLog } from '../../stores/log.js';
import { LEVELS, matchesLine, type LogLevel } from '../../stores/log-lines.js';
import css from './log-viewer.module.css';

const LINE = 20;

export function LogViewer() {
  const text = useText();
  const format = useFormat();
  const lines = useLog((state) => state.lines);
  const [least, setLeast] = useState<LogLevel>('debug');
  const [words, setWords] = useState('');
  const [follow, setFollow] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => lines.filter((line) => matchesLine(line, least, words)), [lines, least, words]);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 20,
  });
  useEffect(() => void useLog.getState().load(), []);
  useEffect(() => {
    if (follow && shown.length > 0) rows.scrollToIndex(shown.length - 1, { align: 'end' });
  }, [follow, shown.length, rows]);
  return (
    <>
      <div className={css.tools}>
        <SegmentedControl
          aria-label={text('log.level')}
          value={least}
          data={[
            { value: 'debug', label: text('settings.logLevel.debug') },
            { value: 'info', label: text('settings.logLevel.info') },
            { value: 'warn', label: text('settings.logLevel.warn') },
            { value: 'error', label: text('settings.logLevel.error') },
          ]}
          onChange={(value) => setLeast(LEVELS.find((one) => one === value) ?? 'debug')}
        />
        <TextInput
          className={css.words ?? ''}
          aria-label={text('log.filter')}
          placeholder={text('log.filter')}
          leftSection={<IconSearch size={14} />}
          value={words}
          onChange={({ currentTarget }) => setWords(currentTarget.value)}
        />
        <Switch
          label={text('log.follow')}
          checked={follow}
          onChange={({ currentTarget }) => setFollow(currentTarget.checked)}
        />
        <CopyButton value={shown.map(({ raw }) => raw).join('\n')} />
      </div>
      <div ref={scroller} className={css.lines} tabIndex={0} role="group" aria-label={text('settings.log')}>
        {shown.length === 0 && <p className={css.empty}>{text('settings.logEmpty')}</p>}
        <div className={css.space} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const line = shown[index];
            if (line === undefined) return null;
            const { id, time, level, message } = line;
            return (
              <div
                key={id}
                className={css.line}
                data-level={level}
                style={{ transform: `translateY(${start}px)` }}
              >
                {time !== null && <span className="muted">{format.time(time)}</span>}
                <span className={css.level}>{level}</span>
                <span>{message}</span>
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
