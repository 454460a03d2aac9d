// Reports as the text of a file, in each form that there is.
import type { Language, Report } from '../../contract.js';
import { reportCsv } from './report-csv.js';
import { reportHtml } from './report-html.js';

export type ReportFormat = 'json' | 'html' | 'csv';

/** One report, or one text over several runs. JSON is in English and holds the value of one run as it is, several as an array. */
export function renderReport(
  reports: readonly Report[],
  { format, language }: { readonly format: ReportFormat; readonly language: Language },
): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2)}\n`;
    case 'html':
      return reportHtml(reports, language);
    case 'csv':
      return reportCsv(reports, language);
  }
}
