// "Check a SHA-512": compares pasted lines with the packages of the list.
import { Button, Textarea } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import { useText } from '../../i18n/i18n.js';
import card from '../../parts/card.module.css';
import { IconShieldCheck } from '../../parts/icons.js';
import { parseHashes } from '../../stores/packages/package-list.js';
import { usePackages } from '../../stores/packages/packages.js';
import css from './packages.module.css';

export function ChecksumField() {
  const text = useText();
  const [pasted, setPasted] = useState('');
  const [answer, setAnswer] = useState<{ readonly lines: number; readonly found: number } | null>(null);
  const check = (): void => {
    const lines = parseHashes(pasted).length;
    setAnswer({ lines, found: usePackages.getState().checkHashes(pasted) });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    check();
  };
  const problem = answer === null ? null : problemOf(answer);
  return (
    <section className={card.card} aria-label={text('packages.hash.title')}>
      <div className={css.hashes}>
        <label className={css.hashLabel} htmlFor="sha512">
          <IconShieldCheck size={16} stroke={1.75} />
          {text('packages.hash.title')}
        </label>
        <Textarea
          id="sha512"
          className={css.hashField ?? ''}
          autosize
          minRows={1}
          maxRows={4}
          placeholder={text('packages.hash.placeholder')}
          spellCheck={false}
          value={pasted}
          error={problem === null ? null : text(problem)}
          onChange={({ currentTarget }) => setPasted(currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Button size="xs" h={30} disabled={pasted.trim() === ''} onClick={check}>
          {text('packages.hash.check')}
        </Button>
      </div>
      <p className="unseen" role="status">
        {answer !== null && problem === null && text('packages.hash.found', { count: answer.found })}
      </p>
    </section>
  );
}

function problemOf({ lines, found }: { readonly lines: number; readonly found: number }) {
  if (lines === 0) return 'packages.hash.noHash' as const;
  return found === 0 ? ('packages.hash.noPackage' as const) : null;
}
