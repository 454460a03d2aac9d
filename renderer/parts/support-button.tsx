// Packs what support needs into one file on the computer of the host: what goes into it is listed before, and what is in it after.
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Result, SupportBundle } from '../../core/contract.js';
import { ask } from '../bridge.js';
import { useFormat, useText, type TextKey } from '../i18n/i18n.js';
import { useProblemWords } from '../i18n/problem-words.js';
import { CopyButton } from './copy-button.js';
import { Dialog } from './dialog/dialog.js';
import { IconFile } from './icons.js';
import { LongList } from './lists/long-list.js';
import css from './support-button.module.css';

const PARTS: readonly TextKey[] = [
  'support.part.version',
  'support.part.log',
  'support.part.runs',
  'support.part.settings',
  'support.part.error',
];

/** `details`: what went wrong, as the window knows it; '' for nothing. */
export function SupportButton({ details = '' }: { readonly details?: string }) {
  const text = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="xs" leftSection={<IconFile size={14} />} onClick={() => setOpen(true)}>
        {text('support.title')}
      </Button>
      {open && <SupportDialog details={details} onClose={() => setOpen(false)} />}
    </>
  );
}

interface SupportDialogProps {
  readonly details: string;
  readonly onClose: () => void;
}

function SupportDialog({ details, onClose }: SupportDialogProps) {
  const text = useText();
  const words = useProblemWords();
  const [made, setMade] = useState<Result<SupportBundle> | null>(null);
  const [making, setMaking] = useState(false);
  const make = (): void => {
    setMaking(true);
    void ask('supportBundle', { details }).then((answer) => {
      setMade(answer);
      setMaking(false);
    });
  };
  return (
    <Dialog onClose={onClose} title={text('settings.support')}>
      {made?.ok !== true && (
        <>
          <p>{text('support.text')}</p>
          <ul className={css.parts}>
            {PARTS.map((key) => (
              <li key={key}>{text(key)}</li>
            ))}
          </ul>
        </>
      )}
      {made?.ok === false && (
        <p role="alert">{`${words(made.problem).message} ${words(made.problem).hint}`}</p>
      )}
      {made?.ok === true && <Made bundle={made.value} />}
      <div className={css.buttons}>
        <Button onClick={onClose}>{text(made?.ok === true ? 'action.close' : 'action.cancel')}</Button>
        {made?.ok !== true && (
          <Button variant="filled" loading={making} onClick={make}>
            {text('support.save')}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Made({ bundle: { file, bytes, files } }: { readonly bundle: SupportBundle }) {
  const text = useText();
  const format = useFormat();
  return (
    <div role="status">
      <p>{text('support.made', { bytes: format.bytes(bytes) })}</p>
      <p className={css.file}>
        <span className="mono">{file}</span> <CopyButton value={file} />
      </p>
      <LongList items={files} keyOf={({ path }) => path} label={text('support.files')} className={css.files}>
        {(one) => (
          <>
            <span className="mono">{one.path}</span>{' '}
            <span className="muted num">{format.bytes(one.bytes)}</span>
          </>
        )}
      </LongList>
    </div>
  );
}
