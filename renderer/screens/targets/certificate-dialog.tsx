// Shows the certificate of a server that this computer does not trust, so that a person compares it before trusting it.
import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { Problem } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { useProblemWords } from '../../i18n/problem-words.js';
import { Dialog } from '../../parts/dialog/dialog.js';
import { Facts } from '../../parts/facts.js';
import css from './targets.module.css';

interface CertificateDialogProps {
  /** A failure that is due to a certificate, see `showsCertificate`. */
  readonly problem: Problem;
  readonly onTrust: (fingerprint: string) => void;
  readonly onChooseCa: () => void;
  readonly onClose: () => void;
}

export function CertificateDialog({ problem, onTrust, onChooseCa, onClose }: CertificateDialogProps) {
  const text = useText();
  const words = useProblemWords();
  const [compared, setCompared] = useState(false);
  const of = (name: string): string => String(problem.params[name] ?? '');
  return (
    <Dialog size="lg" onClose={onClose} title={text('certificate.title', { host: of('host') })}>
      <div className={css.fields}>
        <p>{words(problem).message}</p>
        <Facts
          facts={[
            [text('certificate.subject'), of('subject')],
            [text('certificate.issuer'), of('issuer')],
            [text('certificate.names'), of('names')],
            [
              text('certificate.valid'),
              text('certificate.period', { from: of('validFrom'), to: of('validTo') }),
            ],
            [text('certificate.fingerprint'), <Fingerprint key="fingerprint" hex={of('fingerprint')} />],
          ]}
        />
        <p className="small muted">{text('certificate.text')}</p>
        <Checkbox
          label={text('certificate.compared')}
          checked={compared}
          onChange={({ currentTarget }) => setCompared(currentTarget.checked)}
        />
        <div className={css.dialogActions}>
          <Button onClick={onClose}>{text('action.cancel')}</Button>
          <Button onClick={onChooseCa}>{text('target.chooseCa')}</Button>
          <Button variant="filled" disabled={!compared} onClick={() => onTrust(of('fingerprint'))}>
            {text('certificate.trust')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** Pairs of digits, as browsers and openssl show it. */
function Fingerprint({ hex }: { readonly hex: string }) {
  return <span className="mono">{hex.toUpperCase().match(/../g)?.join(':') ?? hex}</span>;
}
