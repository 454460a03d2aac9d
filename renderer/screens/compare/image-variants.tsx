// The variants of one image side by side. Rows with differences come first and are also marked in words.
import type { ReactNode } from 'react';
import type { ImageDetail, ImageVariant } from '../../../core/contract.js';
import { shortDigest } from '../../format.js';
import { useFormat, useText, type TextKey } from '../../i18n/i18n.js';
import { classes } from '../../parts/classes.js';
import { LayerBar } from '../../parts/layer-bar.js';
import { SourceTile } from '../../parts/source-tile.js';
import { CELL_STATES } from '../../parts/status-words.js';
import { Status } from '../../parts/status.js';
import { tileOf } from '../../stores/packages/package-list.js';
import { fileName } from '../../stores/packages/package-name.js';
import { usePackages } from '../../stores/packages/packages.js';
import css from './compare.module.css';

type Field = keyof Pick<
  ImageVariant,
  | 'digest'
  | 'config'
  | 'created'
  | 'layers'
  | 'command'
  | 'entrypoint'
  | 'env'
  | 'labels'
  | 'bytes'
  | 'user'
  | 'workingDir'
  | 'ports'
  | 'programs'
  | 'mediaType'
  | 'version'
>;

const FIELDS: readonly (readonly [Field, TextKey])[] = [
  ['digest', 'detail.digest'],
  ['version', 'detail.version'],
  ['created', 'detail.created'],
  ['layers', 'detail.layers'],
  ['entrypoint', 'detail.entrypoint'],
  ['command', 'detail.command'],
  ['env', 'detail.env'],
  ['labels', 'detail.labels'],
  ['bytes', 'detail.bytes'],
  ['programs', 'detail.programs'],
  ['user', 'detail.user'],
  ['workingDir', 'detail.workingDir'],
  ['ports', 'detail.ports'],
  ['mediaType', 'detail.mediaType'],
  ['config', 'detail.config'],
];

export function ImageVariants({ detail: { variants, differences } }: { readonly detail: ImageDetail }) {
  const text = useText();
  const chosen = usePackages((state) => state.chosen);
  const differs = (field: string): boolean => differences.includes(field);
  const ordered = [
    ...FIELDS.filter(([field]) => differs(field)),
    ...FIELDS.filter(([field]) => !differs(field)),
  ];
  return (
    <div className={css.variants} tabIndex={0} role="group" aria-label={text('detail.title')}>
      <table>
        <thead>
          <tr>
            <td />
            {variants.map(({ from, platform, digest }) => {
              const at = chosen.findIndex((path) => fileName(path) === from);
              const tile = from === 'target' ? 'T' : at < 0 ? '?' : tileOf(at);
              const name =
                from === 'target' ? text('compare.tile.target') : text('tile.package', { tile, name: from });
              return (
                <th key={`${from} ${platform} ${digest}`} scope="col">
                  <SourceTile tile={tile} name={name} /> <span className="mono">{platform}</span>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {ordered.map(([field, label]) => (
            <tr key={field} data-differs={differs(field) || undefined}>
              <th scope="row">
                {text(label)}
                {differs(field) && <span className="small">{text('detail.differs')}</span>}
              </th>
              {variants.map((variant) => (
                <td
                  key={`${variant.from} ${variant.platform} ${variant.digest}`}
                  className={classes(css.value, differs(field) && css.different)}
                >
                  <Value field={field} variant={variant} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ field, variant }: { readonly field: Field; readonly variant: ImageVariant }): ReactNode {
  const text = useText();
  const format = useFormat();
  switch (field) {
    case 'digest':
    case 'config':
      return (
        <span className="mono" title={variant[field]}>
          {shortDigest(variant[field])}
        </span>
      );
    case 'created':
      return variant.created === null ? text('detail.unknown') : format.dateTime(variant.created);
    case 'bytes':
      return format.bytes(variant.bytes);
    case 'layers':
      return (
        <LayerBar
          label={text('detail.layerCounts', {
            count: variant.layers.length,
            shared: variant.layers.filter(({ shared }) => shared).length,
          })}
          layers={variant.layers.map(({ bytes, shared }) => ({ bytes, state: shared ? 'present' : 'sent' }))}
        />
      );
    case 'entrypoint':
    case 'command':
      return <Code lines={[variant[field].join(' ')]} />;
    case 'env':
    case 'ports':
      return <Code lines={variant[field]} />;
    case 'labels':
      return <Code lines={Object.entries(variant.labels).map(([name, value]) => `${name}=${value}`)} />;
    case 'programs':
      if (variant.programs === 'unknown') return text('detail.unknown');
      return variant.mislabelled ? (
        <Status of={CELL_STATES.mislabelled}>{variant.programs}</Status>
      ) : (
        variant.programs
      );
    case 'user':
    case 'workingDir':
    case 'mediaType':
    case 'version':
      return variant[field] === '' ? '–' : variant[field];
  }
}

function Code({ lines }: { readonly lines: readonly string[] }) {
  if (lines.every((line) => line === '')) return '–';
  return lines.map((line) => (
    <div key={line} className={classes('mono', css.code)}>
      {line}
    </div>
  ));
}
