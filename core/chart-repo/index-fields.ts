// Selects the fields of Chart.yaml for index.yaml: helm parses the index strictly, and one unknown field makes all of it unreadable.
// https://github.com/helm/helm/blob/v3.16.4/pkg/chart/metadata.go
import { z } from 'zod';

const scalar = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
const text = scalar.optional().catch(undefined);
const texts = z.array(scalar).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

const maintainer = z.object({ name: text, email: text, url: text });
const dependency = z.object({
  name: text,
  version: text,
  repository: text,
  condition: text,
  tags: texts,
  enabled: flag,
  'import-values': z.array(z.unknown()).optional().catch(undefined),
  alias: text,
});

const schema = z.object({
  annotations: z.record(z.string(), scalar).optional().catch(undefined),
  apiVersion: scalar.catch('v1'),
  appVersion: text,
  condition: text,
  dependencies: z.array(dependency).optional().catch(undefined),
  deprecated: flag,
  description: text,
  home: text,
  icon: text,
  keywords: texts,
  kubeVersion: text,
  maintainers: z.array(maintainer).optional().catch(undefined),
  name: text,
  sources: texts,
  tags: text,
  type: text,
  version: text,
});

/** The fields of Chart.yaml that helm knows, in the types that helm expects, with sorted keys; other fields are left out. */
export function indexFields(chartYaml: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return withoutAbsent(schema.parse(chartYaml));
}

function withoutAbsent(fields: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(
    kept
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, Array.isArray(value) ? value.map(withoutAbsentItem) : value]),
  );
}

function withoutAbsentItem(item: unknown): unknown {
  const object = z.record(z.string(), z.unknown()).safeParse(item);
  return object.success ? withoutAbsent(object.data) : item;
}
