// Finds the lines of a Helm template that are certainly rendered with given values, without running helm.
import { YamlNumber } from './yaml/scalar.js';
import { isValueList, isValueMap, valueAt, type Value, type ValueMap } from './yaml/values.js';

/**
 * Lines outside of every condition and loop, or inside conditions on one single value that is true (`if .Values.web.enabled`).
 * `withDefinitions`: also the lines inside of `define`, which another template may include.
 */
export function certainLines(
  template: string,
  values: ValueMap,
  withDefinitions: boolean,
): readonly string[] {
  return numberedLines(template, values, withDefinitions).map(({ text }) => text);
}

/** The same with the number of each line in the template, from 1. */
export function numberedLines(
  template: string,
  values: ValueMap,
  withDefinitions: boolean,
): readonly { readonly text: string; readonly number: number }[] {
  const lines: { readonly text: string; readonly number: number }[] = [];
  const blocks: boolean[] = [];
  for (const [i, line] of template.split('\n').entries()) {
    if (blocks.every(Boolean)) lines.push({ text: line, number: i + 1 });
    for (const { action } of actionsOf(line)) follow(action, blocks, values, withDefinitions);
  }
  return lines;
}

/** An action of a template: its text without braces, dashes and blanks, and where it stands in the line. */
export interface TemplateAction {
  readonly action: string;
  readonly start: number;
  readonly end: number;
}

/** The actions of a line, from `{{` to the next `}}`. */
export function actionsOf(line: string): readonly TemplateAction[] {
  const found: TemplateAction[] = [];
  for (let start = line.indexOf('{{'); start >= 0; start = line.indexOf('{{', start)) {
    const close = line.indexOf('}}', start + 2);
    if (close < 0) break;
    const end = close + 2;
    const action = line
      .slice(start + 2, close)
      .replace(/^-/, '')
      .trim()
      .replace(/-$/, '')
      .trim();
    found.push({ action, start, end });
    start = end;
  }
  return found;
}

/** Keeps the stack of open blocks; comments and outputs change nothing. https://pkg.go.dev/text/template#hdr-Actions */
function follow(action: string, blocks: boolean[], values: ValueMap, withDefinitions: boolean): void {
  const [, word = '', rest = ''] = /^(\w+)\s*(.*)$/s.exec(action) ?? [];
  switch (word) {
    case 'if':
    case 'with':
      blocks.push(isTrue(rest, values));
      return;
    case 'define':
    case 'block':
      blocks.push(withDefinitions);
      return;
    case 'range':
      // The list may be empty, so these lines are not certain
      blocks.push(false);
      return;
    case 'else':
      // Which of several branches is taken is not certain either
      if (blocks.length > 0) blocks[blocks.length - 1] = false;
      return;
    case 'end':
      blocks.pop();
      return;
    default:
      return;
  }
}

/**
 * True when the condition is one single value that Helm counts as true. Every other condition counts as not certain. In helpers
 * `.global` is what all charts hand on to them: `.Values.global`.
 */
function isTrue(condition: string, values: ValueMap): boolean {
  const path = /^(?:\.Values(?=\.)|(?=\.global\b))((?:\.[A-Za-z_]\w*)+)$/.exec(condition)?.[1];
  return path !== undefined && isTruthy(valueAt(values, path.slice(1).split('.')));
}

/** Empty and zero values count as false, as in Go templates. */
function isTruthy(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  if (value instanceof YamlNumber) return value.value !== 0;
  if (isValueList(value)) return value.length > 0;
  return !isValueMap(value) || value.size > 0;
}
