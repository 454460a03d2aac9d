// Counts down to the moment at which something is waited for no longer.
import { useEffect, useState } from 'react';
import { useFormat, useText } from '../../i18n/i18n.js';

/** `until`: ISO 8601. A screen reader reads it only when it is asked to. */
export function TimeLeft({ until }: { readonly until: string }) {
  const text = useText();
  const format = useFormat();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((Date.parse(until) - now) / 1_000));
  return (
    <span role="timer" className="muted small">
      {text('run.timeLeft', { time: format.duration(seconds) })}
    </span>
  );
}
