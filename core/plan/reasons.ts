// The reasons for the action of an image: a word each, with a text in core/messages (`reason.<word>`).

export type Reason =
  /** The tag does not exist. */
  | 'absent'
  /** The tag seems not to exist; the import proves it before it writes. */
  | 'absent-unproven'
  /** The tag serves the same manifest. */
  | 'same-digest'
  /** The tag serves this image, packaged in another way. */
  | 'same-config'
  /** The tag names this image, but a part of it is missing. */
  | 'incomplete'
  /** The tag serves other platforms only. */
  | 'other-platform'
  | 'newer'
  | 'older'
  | 'newer-version'
  | 'older-version'
  /** Neither build times nor package versions tell which one is newer. */
  | 'time-unknown'
  | 'policy-replace'
  | 'policy-keep'
  | 'policy-stop'
  /** A person said so in the plan that is carried out. */
  | 'decided'
  | 'unreadable'
  | 'not-an-image'
  /** The tag, or its entry for the platform, has a form that Archbridge does not read and that others may. */
  | 'unsupported-manifest'
  /** The config does not say for which platform the image is. */
  | 'no-platform'
  /** The programs inside are for another architecture than the config says. */
  | 'mislabelled'
  /** Somebody changed the tag while the plan was carried out. */
  | 'changed-since-plan'
  /** Packages of the same version bring different images for one tag and platform. */
  | 'two-contents'
  /** Images of different sources, with different content, would have one name. */
  | 'other-source';
