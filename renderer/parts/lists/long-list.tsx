// A list of rows of any height. A long one scrolls by itself and draws the visible rows only.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import { classes } from '../classes.js';
import css from './long-list.module.css';

/** Lists with more rows are virtual. */
export const LONG = 200;

interface LongListProps<T> {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly label: string;
  readonly className?: string | undefined;
  /** About how many pixels a row is high; the real height is measured. */
  readonly rowHeight?: number;
  /** True where `className` makes a short list scroll, so that the keyboard reaches it. */
  readonly scrolls?: boolean;
  readonly children: (item: T) => ReactNode;
}

export function LongList<T>(props: LongListProps<T>) {
  const { items, keyOf, label, className, scrolls = false, children } = props;
  if (items.length === 0) return null;
  if (items.length > LONG) return <VirtualList {...props} />;
  return (
    <div role="list" aria-label={label} className={className} {...(scrolls ? { tabIndex: 0 } : {})}>
      {items.map((item) => (
        <div role="listitem" key={keyOf(item)}>
          {children(item)}
        </div>
      ))}
    </div>
  );
}

function VirtualList<T>({ items, keyOf, label, className, rowHeight = 44, children }: LongListProps<T>) {
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  // Rows that are drawn for the first time change the length of the list, which ends the browser's own way to its end.
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined || event.target !== event.currentTarget) return;
    event.preventDefault();
    virtual.scrollToIndex(to);
  };
  return (
    <div
      ref={scroll}
      role="list"
      aria-label={label}
      tabIndex={0}
      className={classes(css.scroll, className)}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className={css.space} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <div
              key={keyOf(item)}
              ref={virtual.measureElement}
              data-index={index}
              role="listitem"
              aria-setsize={items.length}
              aria-posinset={index + 1}
              className={css.row}
              style={{ transform: `translateY(${String(start)}px)` }}
            >
              {children(item)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
