// The state of a package's SHA-512 in a word.
import { useText } from '../../i18n/i18n.js';
import { useProblemWords } from '../../i18n/problem-words.js';
import { IconAlertTriangle, IconCheck, IconClock, IconInfoCircle, IconX } from '../../parts/icons.js';
import { Toned } from '../../parts/status.js';
import { checksumVerdict, isEmpty, ruinOf, type KnownPackage } from '../../stores/packages/package-list.js';

export function ChecksumStatus({ of: known }: { readonly of: KnownPackage }) {
  const text = useText();
  const words = useProblemWords();
  const ruin = ruinOf(known);
  if (known.gone)
    return (
      <Toned icon={IconAlertTriangle} tone="conflict">
        {text('packages.gone')}
      </Toned>
    );
  if (known.queued)
    return (
      <Toned icon={IconClock} tone="muted">
        {text('packages.queued')}
      </Toned>
    );
  if (isEmpty(known) && ruin === null)
    return (
      <Toned icon={IconX} tone="error">
        {text('packages.unsupported.other')}
      </Toned>
    );
  const verdict = checksumVerdict(known);
  switch (verdict) {
    case 'sidecar':
    case 'pasted':
      return (
        <Toned icon={IconCheck} tone="ok">
          {verdict === 'sidecar' ? text('packages.checksum.sidecar') : text('packages.checksum.pasted')}
        </Toned>
      );
    case 'mismatch':
      return (
        <Toned icon={IconX} tone="error">
          {text('packages.checksum.mismatch')}
        </Toned>
      );
    case 'none':
    case 'unread':
      if (ruin !== null)
        return (
          <Toned icon={IconX} tone="error">
            <span title={words(ruin).message}>{text('packages.unusable')}</span>
          </Toned>
        );
      if (verdict === 'unread') return <span className="muted small">{text('packages.unread')}</span>;
      return (
        <Toned icon={IconInfoCircle} tone="muted">
          {text('packages.checksum.none')}
        </Toned>
      );
  }
}
