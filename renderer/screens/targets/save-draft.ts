// Saves the form of a target: credentials go to the host first, then the target is saved, made the target of this import, and
// checked.
import type { Problem, RememberedTarget } from '../../../core/contract.js';
import { useApp } from '../../stores/app.js';
import { useSettings } from '../../stores/settings.js';
import { isElsewhere, specOf, type TargetDraft } from '../../stores/target/target-draft.js';
import { remember } from '../../stores/target/target-spec.js';
import { useTarget } from '../../stores/target/target.js';

/** The problem when the host did not accept the credentials; nothing else was saved then. */
export async function saveDraft(draft: TargetDraft): Promise<Problem | null> {
  const { login, noteLogin, remember: save, choose, check } = useTarget.getState();
  const spec = specOf(draft);
  const username = draft.username.trim();
  const keep = draft.keep && useApp.getState().info?.keepsPasswords === true;
  if (username !== '' && draft.password !== '') {
    const failed = await login(spec.registry ?? '', { username, password: draft.password }, keep);
    if (failed) return failed;
  }
  // The host has kept the credentials that it read from the file.
  else if (username !== '' && draft.from !== null) noteLogin(spec.registry ?? '');
  for (const charts of draft.charts.filter((one) => isElsewhere(draft, one))) {
    const own = { username: charts.username.trim(), password: charts.password };
    const failed = own.username === '' || own.password === '' ? null : await login(charts.url, own, keep);
    if (failed) return failed;
  }
  const before = useSettings.getState().settings?.targets.find(({ id }) => id === draft.id);
  // Each chart repository has its own name in the description.
  const { chartsUsername: _former, ...named } = remember(spec, username, before, draft.name.trim());
  const target = {
    ...named,
    platforms: draft.platforms,
  };
  await save(target, draft.id ?? target.id);
  choose(target);
  void check(target);
  return null;
}

/** Saves a target with a changed description, and checks it again. */
export function saveSpec(target: RememberedTarget, spec: RememberedTarget['spec']): void {
  const { remember: save, check } = useTarget.getState();
  const changed = { ...target, spec };
  void save(changed).then(() => check(changed));
}
