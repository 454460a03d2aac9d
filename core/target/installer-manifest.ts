// Checks the installer's manifest.yaml (-m). It says nothing about add-ons; a wrong file is refused.
import { AppError } from '../errors.js';
import { readYaml, valueOf } from './yaml-document.js';

const GROUP = 'manifest.daocloud.io/';

/**
 * Throws `config.not-a-manifest` unless the file is of kind DCEManifest, and `config.yaml-unreadable`. Returns notes: an
 * unknown API group.
 */
export function checkInstallerManifest(text: string, fileName: string): readonly AppError[] {
  const value = valueOf(readYaml(text, fileName));
  const kind = fieldOf(value, 'kind');
  if (kind !== 'DCEManifest') {
    throw new AppError('config.not-a-manifest', { origin: 'config', params: { file: fileName, kind } });
  }
  const version = fieldOf(value, 'apiVersion');
  if (version.startsWith(GROUP)) return [];
  return [new AppError('config.manifest-version', { origin: 'config', params: { file: fileName, version } })];
}

function fieldOf(value: unknown, name: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' ? found : '';
}
