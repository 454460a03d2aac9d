// The props of every group of fields of a target.
import type { TargetDraft } from '../../stores/target/target-draft.js';

export interface DraftFieldsProps {
  readonly draft: TargetDraft;
  readonly set: (change: Partial<TargetDraft>) => void;
  /** What is wrong with the field of the group, as text. */
  readonly error: string | null;
}
