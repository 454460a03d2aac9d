// A Harbor without content, with the recorded answers of a real one: login, projects, quotas, and errors for what is missing.
import { recorded, type Answer, type Script } from './replay.js';

export interface HarborProject {
  /** Bytes; -1 without a limit. */
  readonly hard?: number;
  readonly used?: number;
  /** False: this account may not read the project. */
  readonly mayAsk?: boolean;
}

/** The account that is required. */
export const HARBOR_ACCOUNT = { username: 'alice', password: 'p' } as const;

/** Projects by name; every other project is missing. */
export function harborDouble(projects: Readonly<Record<string, HarborProject>>): Script {
  return ({ method, path, headers }) => {
    if (path === '/v2/') {
      return recorded(headers.authorization === undefined ? 'harbor/04-v2-anonymous' : 'harbor/05-v2-basic');
    }
    if (path.startsWith('/service/token')) return recorded('harbor/10-token-rights');
    const api = /^\/api\/v2\.0\/projects(?:\?project_name=([^&]+)|\/([^/]+)\/summary)$/.exec(path);
    if (api) {
      const isBasic = headers.authorization?.startsWith('Basic ') ?? false;
      const [, asked, summarised = ''] = api;
      if (asked === undefined) return summaryOf(projects[summarised], isBasic);
      return existence(projects[asked], isBasic);
    }
    const project = /^\/v2\/([^/]+)\//.exec(path)?.[1] ?? '';
    if (!projects[project]) return missing(project, method);
    if (path.includes('/manifests/'))
      return recorded('harbor/80-manifest-unknown', method === 'HEAD' ? 2 : 0);
    return recorded('harbor/29-blob-head-scope', method === 'HEAD' ? 1 : 3);
  };
}

function existence(project: HarborProject | undefined, isBasic: boolean): Answer {
  if (!isBasic || project?.mayAsk === false) return recorded('harbor/43-project-get', 3);
  return recorded('harbor/43-project-get', project ? 0 : 1);
}

function summaryOf(project: HarborProject | undefined, isBasic: boolean): Answer {
  if (!isBasic || !project || project.mayAsk === false) return recorded('harbor/57-quota-read', 3);
  const { hard = -1, used = 0 } = project;
  const answer = recorded('harbor/57-quota-read', 2);
  const body = answer.body?.replace('"storage":20000', `"storage":${String(hard)}`);
  return { ...answer, body: body?.replace('"storage":8969', `"storage":${String(used)}`) ?? '' };
}

function missing(project: string, method: string): Answer {
  const answer = recorded('harbor/14-missing-project-push', method === 'HEAD' ? 0 : 3);
  return { ...answer, body: answer.body?.replaceAll('nosuch', project) ?? '' };
}
