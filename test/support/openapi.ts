// Checks objects against schemas of the Kubernetes API, strictly: a field that the API does not know is a mistake.
import { z } from 'zod';

interface Schema {
  readonly $ref?: string | undefined;
  readonly type?: string | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly additionalProperties?: Schema | undefined;
  readonly items?: Schema | undefined;
  readonly required?: readonly string[] | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
}

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.string().optional(),
    properties: z.record(z.string(), schema).optional(),
    additionalProperties: schema.optional(),
    items: schema.optional(),
    required: z.array(z.string()).optional(),
    oneOf: z.array(schema).optional(),
  }),
);
const fileSchema = z.looseObject({
  kinds: z.record(z.string(), z.string()),
  definitions: z.record(z.string(), schema),
});

/** Returns a function that gives what is wrong with an object of the API, by its `kind`; nothing when it is right. */
export function kubernetesCheck(json: unknown): (object: unknown) => readonly string[] {
  const { kinds, definitions } = fileSchema.parse(json);
  const check = (value: unknown, given: Schema, at: string): readonly string[] => {
    const found = given.$ref === undefined ? given : (definitions[given.$ref] ?? {});
    if (found.oneOf) {
      return found.oneOf.some((one) => check(value, one, at).length === 0)
        ? []
        : [`${at}: of no allowed type`];
    }
    if (found.type === undefined) return [];
    if (typeOf(value) !== found.type && !(found.type === 'number' && typeOf(value) === 'integer'))
      return [`${at}: not ${found.type}`];
    if (Array.isArray(value)) {
      return value.flatMap((item, index) => check(item, found.items ?? {}, `${at}[${String(index)}]`));
    }
    if (typeof value !== 'object' || value === null) return [];
    const missing = (found.required ?? []).filter((name) => !(name in value));
    return [
      ...missing.map((name) => `${at}.${name}: missing`),
      ...Object.entries(value).flatMap(([name, item]) => {
        const of = found.properties?.[name] ?? found.additionalProperties;
        if (of) return check(item, of, `${at}.${name}`);
        return found.properties ? [`${at}.${name}: unknown`] : [];
      }),
    ];
  };
  return (object) => {
    const { kind } = z.looseObject({ kind: z.string() }).parse(object);
    const name = kinds[kind];
    return name === undefined ? [`${kind}: unknown kind`] : check(object, { $ref: name }, kind);
  };
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (Number.isInteger(value)) return 'integer';
  return value === null ? 'null' : typeof value;
}
