// What a person can do about a certificate that is not trusted: look at it and trust it, or choose the file of its authority.
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Problem, RememberedTarget } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { FolderPicker } from '../../parts/folder-picker.js';
import { CertificateDialog } from './certificate-dialog.js';
import { saveSpec } from './save-draft.js';

interface CertificateRemedyProps {
  readonly problem: Problem;
  readonly target: RememberedTarget;
}

/** Trusts the certificate that was shown, or an authority in a file; for this target only. */
export function CertificateRemedy({ problem, target }: CertificateRemedyProps) {
  const text = useText();
  const [open, setOpen] = useState<'certificate' | 'ca-file' | null>(null);
  const { spec } = target;
  const trust = (list: 'caFiles' | 'fingerprints', added: readonly string[]): void => {
    setOpen(null);
    const { tls = {} } = spec;
    saveSpec(target, { ...spec, tls: { ...tls, [list]: [...new Set([...(tls[list] ?? []), ...added])] } });
  };
  return (
    <>
      <Button size="compact-xs" onClick={() => setOpen('certificate')}>
        {text('check.showCertificate')}
      </Button>{' '}
      <Button size="compact-xs" onClick={() => setOpen('ca-file')}>
        {text('target.chooseCa')}
      </Button>
      {open === 'certificate' && (
        <CertificateDialog
          problem={problem}
          onTrust={(fingerprint) => trust('fingerprints', [fingerprint])}
          onChooseCa={() => setOpen('ca-file')}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'ca-file' && (
        <FolderPicker
          title={text('target.chooseCa')}
          wanted="any-file"
          start={null}
          onClose={() => setOpen(null)}
          onChosen={(paths) => trust('caFiles', paths)}
        />
      )}
    </>
  );
}

/** True where the server showed a certificate that was not trusted. */
export function showsCertificate({ code, params }: Problem): boolean {
  return /^registry\.(?:unreachable-)?tls/.test(code) && params['fingerprint'] !== undefined;
}
