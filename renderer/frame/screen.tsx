// The frame of every screen: a header with title and purpose, a body, and a footer that says what the next button does.
import { useEffect, useRef, type ReactNode } from 'react';
import { useText } from '../i18n/i18n.js';
import { classes } from '../parts/classes.js';
import css from './frame.module.css';
import { HeaderTools } from './header-tools.js';

interface ScreenProps {
  readonly title: string;
  readonly purpose: ReactNode;
  readonly footer?: ReactNode;
  /** True where the screen's own table scrolls and the body does not. */
  readonly still?: boolean;
  readonly children: ReactNode;
}

let hasShownOne = false;

export function Screen({ title, purpose, footer, still = false, children }: ScreenProps) {
  const text = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = text('frame.windowTitle', { screen: title });
  }, [text, title]);
  useEffect(() => {
    // Moves the focus to the title, which announces the new screen; the first screen keeps the focus where it is.
    if (hasShownOne) heading.current?.focus();
    hasShownOne = true;
  }, []);
  return (
    <div className={css.screen}>
      <header className={css.header}>
        <h1 ref={heading} tabIndex={-1} className={css.title}>
          {title}
        </h1>
        <span className={classes(css.purpose, 'cut')}>{purpose}</span>
        <HeaderTools />
      </header>
      <main className={classes(css.body, still && css.still)} tabIndex={-1}>
        {children}
      </main>
      {footer !== undefined && <footer className={css.footer}>{footer}</footer>}
    </div>
  );
}

interface ConsequenceProps {
  /** Letters or an icon before the words. */
  readonly mark?: ReactNode;
  readonly title: ReactNode;
  readonly text?: ReactNode;
  /** At most two buttons. */
  readonly children?: ReactNode;
}

/** The footer's content: left the consequence in words, right the buttons. */
export function Consequence({ mark, title, text, children }: ConsequenceProps) {
  return (
    <>
      <div className={css.consequence} aria-live="polite">
        {mark}
        <div className="cut">
          <div className={classes('strong', 'cut')}>{title}</div>
          {text !== undefined && <div className={classes('small', 'muted', 'cut')}>{text}</div>}
        </div>
      </div>
      <div className={css.buttons}>{children}</div>
    </>
  );
}
