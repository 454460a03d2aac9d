// A translated sentence with parts that stand out: <b> strong, <m> monospace.
import { Trans } from 'react-i18next';
import type { Places, TextKey } from '../i18n/i18n.js';

export function Rich({ text, places = {} }: { readonly text: TextKey; readonly places?: Places }) {
  return (
    <Trans
      i18nKey={text}
      values={{ ...places }}
      components={{ b: <b className="strong" />, m: <span className="mono" /> }}
    />
  );
}
