// The platforms of a target's nodes: tick boxes for the two usual ones, a field for others.
import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useText } from '../../i18n/i18n.js';
import { splitList } from '../../stores/target/target-draft.js';
import { NODE_PLATFORMS } from '../../stores/target/target-spec.js';
import css from './targets.module.css';

interface PlatformFieldsProps {
  readonly value: readonly string[];
  readonly onChange: (platforms: readonly string[]) => void;
}

const USUAL: readonly string[] = NODE_PLATFORMS;

export function PlatformFields({ value, onChange }: PlatformFieldsProps) {
  const text = useText();
  const others = value.filter((platform) => !USUAL.includes(platform));
  const [typed, setTyped] = useState(others.join(', '));
  const set = (usual: readonly string[], other: readonly string[]): void =>
    onChange([...USUAL.filter((platform) => usual.includes(platform)), ...other]);
  return (
    <div className={css.platforms} role="group" aria-label={text('target.platforms')}>
      {USUAL.map((platform) => (
        <Checkbox
          key={platform}
          label={platform}
          checked={value.includes(platform)}
          onChange={({ currentTarget }) =>
            set(
              currentTarget.checked ? [...value, platform] : value.filter((each) => each !== platform),
              others,
            )
          }
        />
      ))}
      <TextInput
        aria-label={text('target.otherPlatforms')}
        placeholder="linux/arm/v7"
        w={130}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        onBlur={() =>
          set(
            value,
            splitList(typed).filter((platform) => /^[a-z0-9]+\/[a-z0-9_-]+(\/[a-z0-9.]+)?$/i.test(platform)),
          )
        }
      />
    </div>
  );
}
