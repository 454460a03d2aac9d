// Answers the requests of helm from the chart folder of a folder target: its index.yaml, and the archives beside it.
// https://helm.sh/docs/topics/chart_repository/
import { join } from 'node:path';
import type { Cancellable } from '../../ports/cancellable.js';
import { CHARTS_FOLDER } from '../store-check.js';
import { textAnswer, type Answer } from './answer.js';
import { openStored } from './stored-file.js';

const INDEX = 'index.yaml';
const NO_CHARTS = 'apiVersion: v1\nentries: {}\n';
/** An archive or its signature. Helm writes `+` of a version as it is. */
const ARCHIVE = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,250}\.tgz(?:\.prov)?$/;

/** The answer to a GET or HEAD of `name` under `/charts/`. A folder without charts is a repository without charts. */
export async function chartAnswer(root: string, name: string, options: Cancellable): Promise<Answer> {
  const isIndex = name === INDEX;
  const file =
    isIndex || ARCHIVE.test(name) ? await openStored(join(root, CHARTS_FOLDER, name), options) : null;
  if (file) {
    const type = isIndex ? 'application/yaml' : name.endsWith('.prov') ? 'text/plain' : 'application/gzip';
    return { status: 200, headers: { 'content-type': type }, body: file };
  }
  if (isIndex)
    return { status: 200, headers: { 'content-type': 'application/yaml' }, body: Buffer.from(NO_CHARTS) };
  return textAnswer(404, 'There is no such chart here.\n');
}
