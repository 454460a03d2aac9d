// The projects of a target, as a run needs them: which exist, which may be created, how much space their quotas leave.
import type { Cancellable } from './cancellable.js';

/** The projects of a registry such as Harbor, where the first segment of a repository's name is its project. */
export interface ProjectDirectory {
  /** The project; null where it does not exist, `unknown` where this account may not know. */
  find(project: string, options: Cancellable): Promise<Project | null | 'unknown'>;
  /** The projects that this account sees and that hold images. */
  filled(options: Cancellable): Promise<readonly Project[]>;
  /** Whether this account may create projects; null where only the attempt can tell. */
  mayCreate(options: Cancellable): Promise<boolean | null>;
  /** True for an administrator of the whole registry. */
  isAdministrator(options: Cancellable): Promise<boolean>;
  /** True while the whole registry takes no writes. */
  isReadOnly(options: Cancellable): Promise<boolean>;
  /** Creates the project. True also when somebody else has just created it; false where this account may not. */
  create(project: string, visibility: 'private' | 'public', options: Cancellable): Promise<boolean>;
  /** What the project's quota leaves; null when this account may not know. */
  room(project: string, options: Cancellable): Promise<ProjectRoom | null>;
  /** Whether a rule of the project keeps this tag, which exists, from being overwritten; null when this account may not know. */
  isImmutable(repository: string, tag: string, options: Cancellable): Promise<boolean | null>;
  /** Full names of the project's repositories, for accounts that may not read the catalog. Null when this account may not know. */
  repositories(project: string, options: Cancellable): Promise<readonly string[] | null>;
}

export interface Project {
  readonly name: string;
  /** Null where the registry does not tell. */
  readonly isPublic: boolean | null;
  /** True for a project that only caches another registry: nothing can be pushed to it. */
  readonly isProxyCache: boolean;
}

export interface ProjectRoom {
  /** Bytes that may still be stored; null without a limit. */
  readonly free: number | null;
}
