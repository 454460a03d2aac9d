// The log while it is written: filtered by level and words; follows its end until the person scrolls up.
import { SegmentedControl, Switch, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useFormat, useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { classes } from '../../parts/classes.js';
import { CopyButton } from '../../parts/copy-button.js';
import { useLog } from '../../stores/log.js';
import { LEVELS, matchesLine, type LogLevel } from '../../stores/log-lines.js';
import css from './run.module.css';

export function RunLog() {
  const text = useText();
  const format = useFormat();
  const lines = useLog((state) => state.lines);
  const [level, setLevel] = useState<LogLevel>('info');
  const [words, setWords] = useState('');
  const [follow, setFollow] = useState(true);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => lines.filter((line) => matchesLine(line, level, words)), [lines, level, words]);
  useEffect(() => {
    void useLog.getState().load();
  }, []);
  useEffect(() => {
    if (follow) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [follow, shown]);
  return (
    <Card
      title={text('log.title')}
      className={css.log}
      actions={
        <SegmentedControl
          size="xs"
          value={level}
          aria-label={text('log.level')}
          onChange={(value) => setLevel(LEVELS.find((one) => one === value) ?? 'info')}
          data={[
            { value: 'debug', label: text('log.debug') },
            { value: 'info', label: text('log.info') },
            { value: 'warn', label: text('log.warn') },
          ]}
        />
      }
    >
      <div className={css.logTools}>
        <TextInput
          size="xs"
          value={words}
          aria-label={text('log.filter')}
          placeholder={text('log.filter')}
          onChange={({ currentTarget }) => setWords(currentTarget.value)}
        />
        <Switch
          size="xs"
          checked={follow}
          label={text('log.follow')}
          onChange={({ currentTarget }) => setFollow(currentTarget.checked)}
        />
        <CopyButton value={shown.map(({ raw }) => raw).join('\n')} />
      </div>
      <div ref={list} className={css.logLines} tabIndex={0} role="group" aria-label={text('log.title')}>
        {shown.map(({ id, time, level: of, message }) => (
          <div key={id} className={classes('mono', css.logLine)} data-level={of}>
            <span className="muted">{time === null ? '' : format.time(time)}</span> <b>{of.toUpperCase()}</b>{' '}
            {message}
          </div>
        ))}
      </div>
    </Card>
  );
}
