// The account and the computer that start a run, for the journal.
import { hostname, userInfo } from 'node:os';
import type { ReportAuthor } from '../contract.js';

/** The account (empty where the user id has none) and the computer name of this process. */
export function author(): Pick<ReportAuthor, 'user' | 'host'> {
  return { user: accountName(), host: hostname() };
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // in a container the user id may have no account
    return '';
  }
}
