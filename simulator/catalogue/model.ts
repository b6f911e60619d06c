// A catalogue entry on the wire, and the builder that derives its dependent members. RunComfy sends keys in alphabetical
// order and schemas without `title`.

export type Validation = {
  validation_rule: string;
  validation_value: number;
  validation_error: string;
};

export type Property = {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: readonly (string | number)[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  format?: string;
  items?: Property;
  properties?: Record<string, Property>;
  required?: string[];
  validations?: readonly Validation[];
};

export type InputSchema = { type: 'object'; required?: string[]; properties: Record<string, Property> };

export type ModelEntry = {
  model_id: string;
  display_name: string;
  description: string;
  categories: string[];
  kind: 'model' | 'workflow' | 'inference';
  base_price_usd?: number;
  price_unit?: string;
  pricing_note?: string;
  model_url: string;
  inputs: string[];
  required_inputs: string[];
  input_schema: InputSchema;
};

type OutputKey = 'image' | 'images' | 'video' | 'videos' | 'audio';

export type CatalogueModel = { entry: ModelEntry; output: OutputKey };

export type Definition = {
  id: string;
  name: string;
  description: string;
  category: string;
  kind?: ModelEntry['kind'];
  price?: { usd: number; unit: string; note?: string };
  output: OutputKey;
  required: string[];
  properties: Record<string, Property>;
};

export function model(definition: Definition): CatalogueModel {
  const { id, price, properties, required } = definition;
  const entry: ModelEntry = {
    ...(price ? { base_price_usd: price.usd } : {}),
    categories: [definition.category],
    description: definition.description,
    display_name: definition.name,
    input_schema: { properties: sortedProperties(properties), required, type: 'object' },
    inputs: Object.keys(properties).toSorted(),
    kind: definition.kind ?? 'model',
    model_id: id,
    model_url: `https://www.runcomfy.com/models/${id}`,
    ...(price ? { price_unit: price.unit } : {}),
    ...(price?.note ? { pricing_note: price.note } : {}),
    required_inputs: required,
  };
  return { entry, output: definition.output };
}

function sortedProperties(properties: Record<string, Property>): Record<string, Property> {
  return Object.fromEntries(
    Object.entries(properties)
      .toSorted(([a], [b]) => compare(a, b))
      .map(([name, property]) => [name, sortedProperty(property)]),
  );
}

function sortedProperty(property: Property): Property {
  const { items, properties } = property;
  const nested: Property = {
    ...property,
    ...(items ? { items: sortedProperty(items) } : {}),
    ...(properties ? { properties: sortedProperties(properties) } : {}),
  };
  return Object.fromEntries(Object.entries(nested).toSorted(([a], [b]) => compare(a, b)));
}

/** By code unit, so that the order depends on no locale. */
function compare(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}
