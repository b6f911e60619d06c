// What of a price can never price an input of its schema, for whoever writes it. Pure.

import { isJsonObject } from '../../lib/json.ts';
import { cut } from '../../lib/cut.ts';
import { unreadInput, type Price } from './price.ts';
import { countsFrames, isLeftOpen, propertyOf, thousandths, type Schema } from './quantity.ts';

export type PriceFault = { path: string; rule: string; message: string };

const MAX_TOLD_CHARS = 200;

/** Empty: each part of the price can count. */
export function priceFaults(price: Price, schema: Schema): PriceFault[] {
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
        : [{ path: `price.adds[${index}].input`, rule: 'type', message: `${input} is no list of items` }],
    ),
  ];
}

function quantityFaults(price: Price, schema: Schema): PriceFault[] {
  const { quantity } = price;
  const property = quantity === undefined ? {} : propertyOf(schema, quantity);
  const type = typesOf(property).find((one) => ['array', 'object', 'boolean'].includes(one));
  if (type !== undefined) {
    return [quantityFault('type', `${quantity} is of type ${type}, which tells no quantity`)];
  }
  const told = [...valuesOf(property), property['default']];
  const odd = told.find(
    (value) =>
      !isLeftOpen(value) &&
      value !== '' &&
      typeof value !== 'number' &&
      thousandths(value, countsFrames(price)) === null,
  );
  return odd === undefined
    ? []
    : [
        quantityFault(
          'number',
          `${quantity} can be ${shown(odd)}, which is no number, so it tells no quantity`,
        ),
      ];
}

function quantityFault(rule: string, message: string): PriceFault {
  return { path: 'price.quantity', rule, message };
}

function factorFaults(
  { name, table }: { name: string; table: Record<string, number> },
  property: Schema,
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
      message: `${shown(value)} is no value of ${name}${meantOf(value, values) || `; there are ${shown(values)}`}`,
    }));
}

function bare(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** The one that was probably meant: the same letters and digits. */
function meantOf(written: string, known: string[]): string {
  const meant = known.find((one) => bare(one) === bare(written));
  return meant === undefined ? '' : `; you may mean ${shown(meant)}`;
}

function shown(value: unknown): string {
  const text = Array.isArray(value)
    ? value.map((one) => JSON.stringify(one)).join(', ')
    : JSON.stringify(value);
  return cut(text ?? '', MAX_TOLD_CHARS);
}

function typesOf({ type }: Schema): string[] {
  return (Array.isArray(type) ? type : [type]).filter((one) => typeof one === 'string');
}

function valuesOf({ enum: values }: Schema): unknown[] {
  return Array.isArray(values) ? values : [];
}

function isList(property: Schema): boolean {
  const types = typesOf(property);
  return types.length === 0 ? Object.hasOwn(property, 'items') : types.includes('array');
}
