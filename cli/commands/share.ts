// `share`: a folder target, read-only, as a registry and chart repository over HTTP or HTTPS, until Ctrl-C.
import { AppError, shareStore, type SharedStore } from '../../core/engine.js';
import type { Command, CommandContext, OptionGroup, OptionValues } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { badValue, textOf } from '../options/values.js';
import { readTextFile } from '../text-file.js';
import { untilAborted } from '../interrupt.js';

const shareOptions: OptionGroup = {
  heading: 'cli.group.share',
  options: [
    { flags: '--listen <address:port>', text: 'cli.opt.listen' },
    { flags: '--tls-cert <file>', text: 'cli.opt.tls-cert' },
    { flags: '--tls-key <file>', text: 'cli.opt.tls-key' },
  ],
};

export const shareCommand: Command = {
  meta: {
    name: 'share',
    operand: { name: '<store>', text: 'cli.operand.store' },
    summary: 'cli.share.summary',
    examples: [
      'share ./archbridge-store',
      'share /mnt/usb/store --listen 0.0.0.0:5443 --tls-cert server.pem --tls-key server.key',
    ],
    groups: [shareOptions],
    failureJson: (problem) => ({
      schema: 'archbridge.share/1',
      registry: null,
      charts: null,
      problems: [problem],
    }),
  },
  async handler(context, [store = ''], values) {
    const { display, say, signal, log } = context;
    const shared = await shareStore(
      {
        store,
        ...readListen(textOf(values, 'listen')),
        tls: await readTls(values, context),
        onAnswer: (line) => log('debug', line),
      },
      { signal },
    );
    if (!shared.isLoopback) display.note(say(shared.isTls ? 'cli.share.open-tls' : 'cli.share.open'));
    tellWhere(shared, context);
    await untilAborted(signal);
    await shared.close();
    return {
      ok: true,
      value: {
        code: EXIT.done,
        json: {
          schema: 'archbridge.share/1',
          registry: shared.host,
          charts: shared.chartsUrl,
          problems: [],
        },
        text: () => '',
        complaints: () => [],
      },
    };
  },
};

function tellWhere({ host, chartsUrl, example }: SharedStore, { say, print }: CommandContext): void {
  print(`${say('cli.share.registry')}  ${host}\n${say('cli.share.charts')}  ${chartsUrl}\n`);
  if (example !== null) print(`${say('cli.share.example')}  ${host}/${example}\n`);
  print(`${say('cli.serve.end')}\n`);
}

/** `ADDRESS:PORT`, `[ADDRESS]:PORT`, an address alone or a port alone; without an address only this computer is served. */
function readListen(text: string | undefined): { readonly address: string; readonly port: number } {
  if (text === undefined) return { address: '127.0.0.1', port: 0 };
  const [, bracketed, plain, portText] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]*))(?::(\d{1,5}))?$/.exec(
    /^\d{1,5}$/.test(text) ? `:${text}` : text,
  ) ?? [undefined, undefined, undefined, '-1'];
  const port = Number(portText ?? '0');
  if (port < 0 || port > 65_535) badValue('--listen', text, '127.0.0.1:5000, 0.0.0.0:5000, [::]:5000');
  return { address: bracketed ?? (plain || '127.0.0.1'), port };
}

/** The certificate and its key; both or neither. */
async function readTls(
  values: OptionValues,
  options: { readonly signal: AbortSignal },
): Promise<{ readonly cert: string; readonly key: string } | null> {
  const cert = textOf(values, 'tlsCert');
  const key = textOf(values, 'tlsKey');
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined) {
    const [option, other] = cert === undefined ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key'];
    throw new AppError('cli.option-needs', { origin: 'config', params: { option, other } });
  }
  return { cert: await readTextFile(cert, options), key: await readTextFile(key, options) };
}
