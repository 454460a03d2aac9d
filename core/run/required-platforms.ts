// The option `--require-platforms`: every tag of an import must serve these platforms in the end.
import { isAttachedTag } from '../contract.js';
import { includesPlatform } from '../content/platform.js';
import { AppError } from '../errors.js';
import type { TagContent } from './tags/tag-rows.js';

/** One problem for each tag and required platform that the tag does not serve. */
export function missingPlatforms(
  tags: readonly { readonly target: string; readonly after: TagContent }[],
  required: readonly string[],
): readonly AppError[] {
  return required.flatMap((platform) =>
    tags.flatMap(({ target, after }) => {
      if (isAttachedTag(target)) return [];
      const held = after === null || after === 'unreadable' ? [] : after.platforms;
      if (includesPlatform(held, platform)) return [];
      return [new AppError('run.platform-missing', { origin: 'package', params: { target, platform } })];
    }),
  );
}
