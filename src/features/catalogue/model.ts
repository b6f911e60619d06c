// What a model is in the catalogue. Pure.

import { pricedInputs, type ChargeMode, type Price } from '../pricing/price.ts';

/** enforce: a payload that breaks the schema is refused. advise, off: forwarded, but for what the price reads. */
export const VALIDATION_MODES = ['enforce', 'advise', 'off'] as const;
type ValidationMode = (typeof VALIDATION_MODES)[number];

/** What the operator can set by hand on a model and the sync then leaves alone. */
export const MODEL_FIELDS = [
  'display_name',
  'description',
  'categories',
  'input_schema',
  'price',
  'charge',
  'validation',
  'media',
  'offered',
  'alias_of',
] as const;
export type ModelField = (typeof MODEL_FIELDS)[number];

export const MODEL_SOURCES = ['builtin', 'operator', 'sync'] as const;
export type ModelSource = (typeof MODEL_SOURCES)[number];

export type Model = {
  id: string;
  displayName: string;
  description: string;
  kind: string;
  categories: string[];
  inputSchema: Record<string, unknown>;
  /** Of the schema without titles and the order of its keys. */
  schemaHash: string;
  /** RunComfy's own words about its price, and its page; '' where there are none. */
  pricingNote: string;
  modelUrl: string;
  /** Null: unpriced, so refused for everybody. A price of 0 is set by hand and means free. */
  price: Price | null;
  charge: ChargeMode;
  validation: ValidationMode;
  /** The same for what its media inputs point at; off: nobody looks. */
  media: ValidationMode;
  /** The model that this id is an old name of. */
  aliasOf: string | null;
  offered: boolean;
  source: ModelSource;
  byHand: ModelField[];
  /** Counts the changes. 0: not read from the store. */
  revision: number;
};

/** A model as a caller asked for it: `id` is the id that was asked for, and on the wire it stays that. */
export type Offer = Model & {
  /** What RunComfy calls it: another id where the one that was asked for is an alias. */
  upstreamId: string;
};

/** A model that nothing but its id is known of, with what holds where nobody says otherwise. */
export function blankModel(id: string): Model {
  return {
    id,
    displayName: id,
    description: '',
    kind: 'model',
    categories: [],
    inputSchema: { type: 'object' },
    schemaHash: '',
    pricingNote: '',
    modelUrl: '',
    price: null,
    charge: 'estimate',
    validation: 'enforce',
    media: 'enforce',
    aliasOf: null,
    offered: true,
    source: 'operator',
    byHand: [],
    revision: 0,
  };
}

/** Whether the schema has any say: not in mode off at a price that reads no input. */
export function needsJudge({ validation, price }: Pick<Model, 'validation' | 'price'>): boolean {
  return validation !== 'off' || (price !== null && pricedInputs(price).length > 0);
}
