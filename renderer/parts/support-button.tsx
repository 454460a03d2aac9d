// Saves what support needs as one file: the list of its contents is shown first, and no secret is in it.
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useText } from '../i18n/i18n.js';
import { SUPPORT_PARTS, saveSupportFile } from '../support-file.js';
import { IconFile } from './icons.js';
import css from './support-button.module.css';

export function SupportButton({ details = '' }: { readonly details?: string }) {
  const text = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="xs" leftSection={<IconFile size={14} />} onClick={() => setOpen(true)}>
        {text('support.title')}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={text('support.title')}
        closeButtonProps={{ 'aria-label': text('action.close') }}
      >
        <p>{text('support.text')}</p>
        <ul>
          {SUPPORT_PARTS.map((key) => (
            <li key={key}>{text(key)}</li>
          ))}
        </ul>
        <div className={css.buttons}>
          <Button onClick={() => setOpen(false)}>{text('action.cancel')}</Button>
          <Button
            variant="filled"
            onClick={() => {
              setOpen(false);
              void saveSupportFile(details);
            }}
          >
            {text('support.save')}
          </Button>
        </div>
      </Modal>
    </>
  );
}
