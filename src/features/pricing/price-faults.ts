// Finds the parts of a price that do not fit the model's schema, so that a typing error is refused when the price is
// written. Pure.

import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { cut } from '../../lib/cut.ts';
import { unreadInput, type Price } from './price.ts';
import { countsFrames, isLeftOpen, propertyOf, thousandths } from './quantity.ts';

export type PriceFault = { path: string; rule: string; message: string };

const MAX_SHOWN_CHARS = 200;

/** Empty: every part of the price fits. */
export function priceFaults(price: Price, schema: JsonObject): PriceFault[] {
  const unread = unreadInput(price, schema);
  if (unread !== null) {
    const names = Object.keys(isJsonObject(schema['properties']) ? schema['properties'] : {});
    const message = `reads the input ${unread}, which input_schema does not have${meantOf(unread, names)}`;
    return [{ path: 'price', rule: 'input', message }];
  }
  return [
    ...quantityFaults(price, schema),
    ...Object.entries(price.factors ?? {}).flatMap(([name, table]) =>
      factorFaults({ name, table }, propertyOf(schema, name)),
    ),
    ...(price.adds ?? []).flatMap(({ input }, index) =>
      isList(propertyOf(schema, input))
        ? []
        : [{ path: `price.adds[${index}].input`, rule: 'type', message: `${input} is not a list` }],
    ),
  ];
}

function quantityFaults(price: Price, schema: JsonObject): PriceFault[] {
  const { quantity } = price;
  const property = quantity === undefined ? {} : propertyOf(schema, quantity);
  const type = typesOf(property).find((one) => ['array', 'object', 'boolean'].includes(one));
  if (type !== undefined) {
    return [quantityFault('type', `${quantity} is of type ${type}, which cannot be a quantity`)];
  }
  const possible = [...valuesOf(property), property['default']];
  const unusable = possible.find(
    (value) =>
      !isLeftOpen(value) &&
      value !== '' &&
      typeof value !== 'number' &&
      thousandths(value, countsFrames(price)) === null,
  );
  return unusable === undefined
    ? []
    : [quantityFault('number', `${quantity} can be ${shown(unusable)}, which is not a number`)];
}

function quantityFault(rule: string, message: string): PriceFault {
  return { path: 'price.quantity', rule, message };
}

function factorFaults(
  { name, table }: { name: string; table: Record<string, number> },
  property: JsonObject,
): PriceFault[] {
  const isSwitch = typesOf(property).includes('boolean');
  const values = isSwitch ? ['true', 'false'] : valuesOf(property).map(String);
  if (values.length === 0) {
    return [];
  }
  return Object.keys(table)
    .filter((value) => !values.includes(value))
    .map((value) => ({
      path: `price.factors.${name}.${value}`,
      rule: 'enum',
      message: `${shown(value)} is not a value of ${name}${meantOf(value, values) || `; its values are ${shown(values)}`}`,
    }));
}

function bare(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Suggests the name that has the same letters and digits. */
function meantOf(written: string, known: string[]): string {
  const meant = known.find((one) => bare(one) === bare(written));
  return meant === undefined ? '' : `; you may mean ${shown(meant)}`;
}

function shown(value: unknown): string {
  const text = Array.isArray(value)
    ? value.map((one) => JSON.stringify(one)).join(', ')
    : JSON.stringify(value);
  return cut(text ?? '', MAX_SHOWN_CHARS);
}

function typesOf({ type }: JsonObject): string[] {
  return (Array.isArray(type) ? type : [type]).filter((one) => typeof one === 'string');
}

function valuesOf({ enum: values }: JsonObject): unknown[] {
  return Array.isArray(values) ? values : [];
}

function isList(property: JsonObject): boolean {
  const types = typesOf(property);
  return types.length === 0 ? Object.hasOwn(property, 'items') : types.includes('array');
}
