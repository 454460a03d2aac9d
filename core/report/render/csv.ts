// Text of tables for spreadsheets.
// https://www.rfc-editor.org/rfc/rfc4180
import type { Language } from '../../contract.js';
import { printableLines } from '../../messages/printable.js';

/** Rows of fields with CRLF line ends. In Chinese it begins with a byte order mark: without it spreadsheets assume another encoding. */
export function csvText(rows: readonly (readonly string[])[], language: Language): string {
  const lines = rows.map((fields) => fields.map(cell).join(','));
  return `${language === 'en' ? '' : '\ufeff'}${lines.join('\r\n')}\r\n`;
}

/**
 * A field, quoted where necessary. A text that a spreadsheet would evaluate as a formula gets an apostrophe in front, because names
 * come from packages and servers. https://owasp.org/www-community/attacks/CSV_Injection
 */
function cell(text: string): string {
  const clean = printableLines(text);
  const harmless = /^[=+\-@\t\r\n]/.test(clean) ? `'${clean}` : clean;
  return /[",\r\n\t]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
