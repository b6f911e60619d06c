// Reads a price from RunComfy's note: an amount and its unit. The editor proposes it; only the operator sets it. Pure.

import type { AnswerOf } from '../../api/client.ts';

type Model = AnswerOf<'listModels'>['items'][number];
type Price = NonNullable<Model['price']>;
type Property = { enum?: unknown[] };

const SECONDS = ['duration', 'frames', 'seconds'];

/** Null if the note names no amount. */
export function proposalOf({
  pricing_note: note,
  input_schema: schema,
}: Pick<Model, 'pricing_note' | 'input_schema'>): Price | null {
  const properties: Record<string, Property> = Object(schema['properties']);
  const byValue = Object.entries(properties).flatMap(([input, property]) => {
    const { enum: values }: Property = Object(property);
    const amounts = amountsOf(note, Array.isArray(values) ? values : []);
    return amounts.length > 1 ? [{ input, amounts }] : [];
  })[0];
  const usd = byValue?.amounts[0]?.usd ?? firstAmount(note);
  // Only the operator can make a model free.
  if (usd === undefined || usd === 0) {
    return null;
  }
  const counted = SECONDS.find((name) => Object.hasOwn(properties, name));
  const isBySecond = /(?:per|a|\/)[ -]?sec|by the length/i.test(note) && counted !== undefined;
  const factors = byValue?.amounts.map(({ value, usd: one }) => [value, Number((one / usd).toFixed(4))]);
  return {
    usd,
    ...(isBySecond ? { unit: 'second', quantity: counted } : { unit: 'output' }),
    ...(byValue === undefined ? {} : { factors: { [byValue.input]: Object.fromEntries(factors ?? []) } }),
  };
}

function firstAmount(note: string): number | undefined {
  const [, amount] = /\$\s?(\d+(?:\.\d+)?)/.exec(note) ?? [];
  return amount === undefined ? undefined : Number(amount);
}

/** "1k is billed at $0.06, 2k at $0.12": the amount that follows each value. */
function amountsOf(note: string, values: unknown[]): { value: string; usd: number }[] {
  return values.flatMap((value) => {
    const text = String(value);
    if (text === '') {
      return [];
    }
    const place = note.search(new RegExp(`(?<![\\w.])${text.replaceAll(/[^\w]/g, '\\$&')}(?![\\w.])`, 'i'));
    const [, amount] = place < 0 ? [] : (/^[^$]{0,30}\$\s?(\d+(?:\.\d+)?)/.exec(note.slice(place)) ?? []);
    return amount === undefined ? [] : [{ value: text, usd: Number(amount) }];
  });
}
