// Converts the input schema of a model to fields of a form. RunComfy's schemas are flat. Inputs of other kinds get no field;
// models work without them.

export type Field = { name: string; label: string; hint: string; isRequired: boolean; example: string } & (
  | { kind: 'text'; maxLength: number | undefined }
  | { kind: 'choice'; options: (string | number)[] }
  | { kind: 'number'; min: number | undefined; max: number | undefined; step: number | 'any' }
  | { kind: 'switch' }
  | { kind: 'file'; accept: string; isList: boolean; max: number }
);

export type Values = Record<string, unknown>;

type Property = {
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  enum?: (string | number)[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  items?: { format?: string };
};
export type Schema = { properties?: Record<string, Property>; required?: string[] };

export function fieldsOf({ properties = {}, required = [] }: Schema): Field[] {
  const fields = Object.entries(properties).flatMap(([name, property]) => {
    const kind = kindOf(property);
    return kind === null
      ? []
      : [{ ...kind, ...labelsOf(name, property), isRequired: required.includes(name) }];
  });
  // Files first, then required fields, then the rest.
  return fields.toSorted((one, other) => rank(one) - rank(other));
}

function rank({ kind, isRequired }: Field): number {
  return kind === 'file' ? 0 : isRequired ? 1 : 2;
}

function labelsOf(name: string, { title, description = '', default: value }: Property) {
  const words = (title ?? name).replaceAll('_', ' ').replace(/ ur[il]s?$/i, '');
  const label = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return { name, label, hint: description, example: typeof value === 'string' ? value : '' };
}

function kindOf(property: Property) {
  const { type, enum: options, minimum: min, maximum: max, maxLength, maxItems = 1 } = property;
  const [, media] = /^(image|video|audio)_uris?$/.exec(property.items?.format ?? property.format ?? '') ?? [];
  if (media !== undefined) {
    const isList = type === 'array';
    return { kind: 'file' as const, accept: `${media}/*`, isList, max: isList ? maxItems : 1 };
  }
  if (options !== undefined) {
    return { kind: 'choice' as const, options };
  }
  switch (type) {
    case 'string':
      return { kind: 'text' as const, maxLength };
    case 'integer':
      return { kind: 'number' as const, min, max, step: 1 };
    case 'number':
      return { kind: 'number' as const, min, max, step: 'any' as const };
    case 'boolean':
      return { kind: 'switch' as const };
    default:
      return null;
  }
}

/** The first values of the form. Texts and files start empty, because their defaults are samples. */
export function defaultsOf(schema: Schema): Values {
  const kinds = new Map(fieldsOf(schema).map(({ name, kind }) => [name, kind]));
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, { default: value }]) =>
      value === undefined || ['text', 'file', undefined].includes(kinds.get(name)) ? [] : [[name, value]],
    ),
  );
}

/** The input for the gateway, without empty fields. */
export function inputOf(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
}

export function missingOf(fields: Field[], values: Values): Field[] {
  return fields.filter(({ name, isRequired }) => isRequired && isEmpty(values[name]));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
