// A translated sentence with parts that stand out: <b> strong, <m> monospace.
import { Trans } from 'react-i18next';
import type { Places, TextKey } from '../i18n/i18n.js';

interface RichProps {
  readonly text: TextKey;
  readonly places?: Places;
}

const MARKS = { b: <b className="strong" />, m: <span className="mono" /> };

export function Rich({ text, places = {} }: RichProps) {
  // as one of all texts: the compiler would multiply their types otherwise
  const key: string = text;
  return <Trans i18nKey={key} values={{ ...places }} components={MARKS} />;
}
