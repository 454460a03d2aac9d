// Reads the certificate files that a hosts.toml of containerd names for a registry; all else in the file concerns mirrors.
// https://github.com/containerd/containerd/blob/main/docs/hosts.md#ca-field

export interface HostsFile {
  /** Files with authorities, as written: absolute, or relative to the folder of the file. */
  readonly authorities: readonly string[];
  /** Files of client certificates; the key may be in the same file. */
  readonly clients: readonly { readonly certificate: string; readonly key: string }[];
}

const SECTION = /^[ \t]*\[host\.(?:"([^"]*)"|'([^']*)')\][ \t]*$/;
const ANY_SECTION = /^[ \t]*\[[^[].*\][ \t]*$/;
const TEXT = /"((?:[^"\\]|\\.)*)"|'([^']*)'/g;

/**
 * What the file says of the server itself (before the first section) and of sections for `host` (`host:port`). Only texts are read, which
 * is all that these two fields have; a value may go over several lines.
 */
export function readHostsToml(text: string, host: string): HostsFile {
  const authorities: string[] = [];
  const clients: { certificate: string; key: string }[] = [];
  for (const [field, value] of fieldsFor(text, host)) {
    const texts = [...value.matchAll(TEXT)].map(([, double, single]) => double ?? single ?? '');
    if (field === 'ca') authorities.push(...texts);
    else if (/^\s*\[\s*\[/.test(value)) {
      for (let at = 0; at < texts.length; at += 2) {
        const certificate = texts[at] ?? '';
        clients.push({ certificate, key: texts[at + 1] || certificate });
      }
    } else clients.push(...texts.map((file) => ({ certificate: file, key: file })));
  }
  return { authorities, clients };
}

/** The fields `ca` and `client` that count for the host, with their values as text. */
function fieldsFor(
  text: string,
  host: string,
): readonly (readonly [field: 'ca' | 'client', value: string])[] {
  const found: ['ca' | 'client', string][] = [];
  let counts = true;
  let isOpen = false;
  for (const line of text.split(/\r?\n/)) {
    const last = found.at(-1);
    if (isOpen && last) last[1] += `\n${line}`;
    else if (ANY_SECTION.test(line)) {
      const [, double, single] = SECTION.exec(line) ?? [];
      counts = hostIn(double ?? single ?? '') === host;
      continue;
    } else {
      const [, field, value = ''] = /^[ \t]*(ca|client)[ \t]*=(.*)$/.exec(line) ?? [];
      if ((field !== 'ca' && field !== 'client') || !counts) continue;
      found.push([field, value]);
    }
    const value = (found.at(-1)?.[1] ?? '').replaceAll(TEXT, '');
    isOpen = value.split('[').length > value.split(']').length;
  }
  return found;
}

function hostIn(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url === null ? '' : `${url.hostname}:${url.port || (url.protocol === 'http:' ? '80' : '443')}`;
}
