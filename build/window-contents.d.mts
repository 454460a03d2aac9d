// Types of window-contents.mjs, for the window's build and the tests.
import type { Plugin } from 'vite';

export function windowContents(root: string): Plugin;
export function helpPages(
  root: string,
): { id: string; language: 'en' | 'zh-CN'; title: string; html: string }[];
