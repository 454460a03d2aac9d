// The modules that build/window-contents.mjs makes when the window is built.
declare module 'virtual:help' {
  /** The documents, the first page first; `html` is made of the project's own files. */
  export const pages: readonly {
    readonly id: string;
    readonly language: 'en' | 'zh-CN';
    readonly title: string;
    readonly html: string;
  }[];
}

declare module 'virtual:licences' {
  /** Every package that is delivered with Archbridge, by name. */
  export const parts: readonly {
    readonly name: string;
    readonly version: string;
    readonly licence: string;
    readonly text: string;
  }[];
}
