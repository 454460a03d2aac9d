// Saves what the comparison shows as a table for spreadsheets or as a page.
import { Button, Menu } from '@mantine/core';
import type { Coverage } from '../../../core/contract.js';
import { ask } from '../../bridge.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { saveText } from '../../save-text.js';
import { bytesByChart } from '../../stores/compare/compare-figures.js';
import { shownImages } from '../../stores/compare/compare-rows.js';
import { useCompare } from '../../stores/compare/compare.js';
import { decidedImages } from '../../stores/compare/decided-cells.js';
import { usePlan } from '../../stores/plan/plan.js';

const FORMATS = [
  ['csv', 'text/csv'],
  ['html', 'text/html'],
] as const;

export function ExportMenu({ coverage }: { readonly coverage: Coverage }) {
  const text = useText();
  const { language } = useFormat();
  const save = async (format: 'csv' | 'html', type: string): Promise<void> => {
    const { decisions } = usePlan.getState();
    const images = shownImages(
      { images: decidedImages(coverage, decisions) },
      useCompare.getState(),
      bytesByChart(coverage, decisions),
    );
    const shown = { ...coverage, images, figures: null, detail: null };
    const answer = await ask('renderCoverage', { coverage: shown, format, language });
    if (answer.ok) await saveText(`archbridge-compare.${format}`, answer.value, type);
    else useCompare.setState({ problem: answer.problem });
  };
  return (
    <Menu position="top-end">
      <Menu.Target>
        <Button>{text('compare.export')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save(...FORMATS[0])}>{text('compare.exportCsv')}</Menu.Item>
        <Menu.Item onClick={() => void save(...FORMATS[1])}>{text('compare.exportHtml')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
