// What a target trusts beyond the authorities of this computer: files with certificates of authorities, and single certificates.
import { ActionIcon, Button } from '@mantine/core';
import { useState } from 'react';
import { useText } from '../../i18n/i18n.js';
import { FolderPicker } from '../../parts/folder-picker.js';
import { IconPlus, IconX } from '../../parts/icons.js';
import type { DraftFieldsProps } from './draft-fields.js';
import css from './targets.module.css';

export function TrustFields({ draft, set }: Pick<DraftFieldsProps, 'draft' | 'set'>) {
  const text = useText();
  const [picking, setPicking] = useState(false);
  const { caFiles, fingerprints } = draft;
  return (
    <div role="group" aria-label={text('target.field.trust')} className={css.fields}>
      <div>{text('target.field.trust')}</div>
      <p className="small muted">{text('target.field.trustNote')}</p>
      {caFiles.map((file) => (
        <Line
          key={file}
          value={file}
          onRemove={() => set({ caFiles: caFiles.filter((one) => one !== file) })}
        />
      ))}
      {fingerprints.map((one) => (
        <Line
          key={one}
          value={`SHA-256 ${one}`}
          onRemove={() => set({ fingerprints: fingerprints.filter((other) => other !== one) })}
        />
      ))}
      <div>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => setPicking(true)}
        >
          {text('target.chooseCa')}
        </Button>
      </div>
      {picking && (
        <FolderPicker
          title={text('target.chooseCa')}
          wanted="any-file"
          start={null}
          onClose={() => setPicking(false)}
          onChosen={(paths) => {
            setPicking(false);
            set({ caFiles: [...new Set([...caFiles, ...paths])] });
          }}
        />
      )}
    </div>
  );
}

function Line({ value, onRemove }: { readonly value: string; readonly onRemove: () => void }) {
  const text = useText();
  return (
    <div className={css.trustLine}>
      <span className="mono small cut" title={value}>
        {value}
      </span>
      <ActionIcon
        variant="subtle"
        size={24}
        aria-label={text('target.trust.remove', { what: value })}
        onClick={onRemove}
      >
        <IconX size={14} />
      </ActionIcon>
    </div>
  );
}
