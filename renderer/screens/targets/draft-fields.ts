// What every group of fields of a target gets.
import type { TargetDraft } from '../../stores/target/target-draft.js';

export interface DraftFieldsProps {
  readonly draft: TargetDraft;
  readonly set: (change: Partial<TargetDraft>) => void;
  /** What is wrong with the group's own field, in words. */
  readonly error: string | null;
}
