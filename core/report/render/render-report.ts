// Renders reports as the text of a file: JSON, HTML or CSV.
import type { Language, Report } from '../../contract.js';
import { reportCsv } from './report-csv.js';
import { reportHtml } from './report-html.js';

export type ReportFormat = 'json' | 'html' | 'csv';

/** Renders one or several reports. JSON is always in English: one run is its value, several are an array. */
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
