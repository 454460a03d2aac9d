// When the tags of the target were read, and the button that reads them again.
import { Button } from '@mantine/core';
import { useFormat, useText } from '../i18n/i18n.js';
import { IconRefresh } from './icons.js';
import css from './tags-read.module.css';

export function TagsRead({
  at,
  onRefresh,
}: {
  /** ISO 8601. */
  readonly at: string;
  readonly onRefresh: () => void;
}) {
  const text = useText();
  const format = useFormat();
  return (
    <span className={css.read}>
      <span className="small muted">{text('compare.tagsRead', { time: format.time(at) })}</span>
      <Button size="compact-xs" leftSection={<IconRefresh size={14} />} onClick={onRefresh}>
        {text('compare.refresh')}
      </Button>
    </span>
  );
}
