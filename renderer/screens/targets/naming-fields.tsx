// The names of images in the target, with an example that follows the fields.
import { Select, TextInput } from '@mantine/core';
import { useText } from '../../i18n/i18n.js';
import { IconArrowRight } from '../../parts/icons.js';
import { EXAMPLE_IMAGE, namingExample } from '../../stores/target/naming-example.js';
import { specOf, type NamingChoice } from '../../stores/target/target-draft.js';
import type { DraftFieldsProps } from './draft-fields.js';
import { NAMING_WORDS } from './target-view.js';
import css from './targets.module.css';

const CHOICES: readonly NamingChoice[] = ['keep', 'below', 'one-project', 'origin', 'mirror'];

export function NamingFields({ draft, set, error }: DraftFieldsProps) {
  const text = useText();
  const { registry, repository } = EXAMPLE_IMAGE;
  // Rules from a file that fit none of the choices can be kept as they are.
  const choices: readonly NamingChoice[] =
    draft.givenNaming === undefined ? CHOICES : [...CHOICES, 'as-given'];
  const spec = specOf({ ...draft, registry: draft.registry.trim() || 'registry.example' });
  return (
    <>
      <Select
        label={text('target.field.naming')}
        data={choices.map((value) => ({ value, label: text(NAMING_WORDS[value]) }))}
        value={draft.naming}
        onChange={(value) => set({ naming: choices.find((one) => one === value) ?? 'keep' })}
      />
      {(draft.naming === 'below' || draft.naming === 'one-project') && (
        <TextInput
          label={text('target.field.namingPath')}
          placeholder="platform/addon"
          spellCheck={false}
          value={draft.namingPath}
          error={error}
          onChange={({ currentTarget }) => set({ namingPath: currentTarget.value })}
        />
      )}
      <div className={`${css.example} mono`} aria-live="polite">
        <span className="muted">{`${registry}/${repository}`}</span>
        <IconArrowRight size={14} />
        <span>{namingExample(spec)}</span>
      </div>
      {draft.naming === 'mirror' && <p className="small muted">{text('target.naming.mirrorNote')}</p>}
    </>
  );
}
