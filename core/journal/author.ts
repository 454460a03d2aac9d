// Who starts a run: the account and the computer, for the journal.
import { hostname, userInfo } from 'node:os';
import type { ReportAuthor } from '../contract.js';

export function author(): Pick<ReportAuthor, 'user' | 'host'> {
  return { user: accountName(), host: hostname() };
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // a container may run under a number that no account has
    return '';
  }
}
