// A chart repository in memory.
import type { ChartTarget, PublishedChart } from '../../core/ports/chart-target.js';

export class MemoryCharts implements ChartTarget {
  readonly kind = 'folder';
  readonly url = '/memory/charts';
  readonly names = null;
  /** By `name@version`. */
  readonly published = new Map<string, PublishedChart>();
  readonly log: string[] = [];

  getChart(name: string, version: string): Promise<PublishedChart | null> {
    this.log.push(`GET ${name}@${version}`);
    return Promise.resolve(this.published.get(`${name}@${version}`) ?? null);
  }

  placeOf(name: string, version: string): string {
    return `${name}-${version}.tgz`;
  }

  listCharts() {
    return Promise.resolve([...this.published.values()]);
  }

  putChart(chart: PublishedChart): Promise<void> {
    this.log.push(`PUT ${chart.name}@${chart.version}`);
    this.published.set(`${chart.name}@${chart.version}`, chart);
    return Promise.resolve();
  }

  deleteChart(name: string, version: string): Promise<boolean> {
    return Promise.resolve(this.published.delete(`${name}@${version}`));
  }

  mayPublish(): Promise<null> {
    return Promise.resolve(null);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
