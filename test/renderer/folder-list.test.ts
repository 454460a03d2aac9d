// The list of folders in a dialog: what is typed stays, and the folder that was asked for last is shown, in whatever order answers come.
import { afterEach, expect, it } from 'vitest';
import type { FolderListing } from '../../core/contract.js';
import { setBridge } from '../../renderer/bridge.js';
import { useFolderList } from '../../renderer/stores/folder-list.js';
import { problemOf, Refusal, scriptedBridge } from './scripted-bridge.js';

/** A host that answers when it is told to; `null` refuses. */
function slowHost(): (path: string | null, listing: FolderListing | null) => Promise<void> {
  const waiting = new Map<string | null, (listing: FolderListing | null) => void>();
  setBridge(
    scriptedBridge({
      listFolder: async (path) => {
        const found = await new Promise<FolderListing | null>((resolve) => waiting.set(path, resolve));
        if (found === null) throw new Refusal(problemOf('app.outside-roots'));
        return found;
      },
    }),
  );
  return async (path, listing) => {
    waiting.get(path)?.(listing);
    await new Promise((resolve) => setTimeout(resolve));
  };
}

const ROOTS: FolderListing = { path: null, parent: null, entries: [] };
const listing = (path: string): FolderListing => ({ path, parent: '/usb', entries: [] });
const list = () => useFolderList.getState();

afterEach(() => setBridge(null));

it('keeps what is typed while the first folder is being read', async () => {
  const answer = slowHost();
  void list().begin('/home');
  list().type('/usb/packages');
  await answer('/home', listing('/home'));
  expect(list()).toMatchObject({ listing: { path: '/home' }, typed: '/usb/packages' });
  void list().open('/usb/packages');
  await answer('/usb/packages', listing('/usb/packages'));
  expect(list()).toMatchObject({ listing: { path: '/usb/packages' }, typed: '/usb/packages' });
  void list().open('/usb');
  await answer('/usb', listing('/usb'));
  expect(list().typed).toBe('/usb');
});

it('shows the folder that was opened last, and no problem of another one', async () => {
  const answer = slowHost();
  void list().begin(null);
  void list().open('/home');
  void list().open('/usb');
  await answer('/usb', listing('/usb'));
  list().mark(['/usb/a.tar']);
  await answer('/home', null);
  await answer(null, ROOTS);
  expect(list()).toMatchObject({
    listing: { path: '/usb' },
    typed: '/usb',
    problem: null,
    marked: ['/usb/a.tar'],
  });
});

it('begins empty, and with the roots where the folder of the last time is gone', async () => {
  const answer = slowHost();
  const begun = list().begin('/gone', null);
  expect(list()).toMatchObject({ listing: null, typed: '', problem: null, marked: [] });
  await answer('/gone', null);
  await answer(null, ROOTS);
  await begun;
  expect(list()).toMatchObject({ listing: { path: null }, problem: null });
});
