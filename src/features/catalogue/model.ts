// A model of the catalogue. Pure.

import type { JsonObject } from '../../lib/json.ts';
import { pricedInputs, type ChargeMode, type Price } from '../pricing/price.ts';

/**
 * enforce: an input that breaks the schema is refused. advise: it is forwarded with a warning. off: it is forwarded. The
 * rules of inputs that the price reads are enforced in every mode.
 */
export const VALIDATION_MODES = ['enforce', 'advise', 'off'] as const;
type ValidationMode = (typeof VALIDATION_MODES)[number];

/** The fields that the operator can set by hand, and the sync then leaves alone. */
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
  inputSchema: JsonObject;
  /** Of the schema without titles; the order of its keys does not matter. */
  schemaHash: string;
  /** RunComfy's own words about the price, and the model's page at RunComfy; '' if there are none. */
  pricingNote: string;
  modelUrl: string;
  /** Null: no price, so every submit is refused. A price of 0 is set by hand and means free. */
  price: Price | null;
  charge: ChargeMode;
  validation: ValidationMode;
  /** The same modes for the files of its media inputs. off: they are not checked. */
  media: ValidationMode;
  /** The model that this id is an alias of. */
  aliasOf: string | null;
  offered: boolean;
  source: ModelSource;
  byHand: ModelField[];
  /** The number of changes. 0: not read from the store. */
  revision: number;
};

/** A model as a caller asked for it: `id` is the id in the call, and answers repeat it. */
export type Offer = Model & {
  /** RunComfy's id of the model; it differs from `id` if that is an alias. */
  upstreamId: string;
};

/** A model of which only the id is known, with the defaults. */
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

/** True if inputs are checked against the schema: always, but in mode off at a price that reads no input. */
export function needsJudge({ validation, price }: Pick<Model, 'validation' | 'price'>): boolean {
  return validation !== 'off' || (price !== null && pricedInputs(price).length > 0);
}
