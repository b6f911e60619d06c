// Changes the strings in a JSON value.

type Changes = {
  text: (text: string) => string;
  /** Receives the digits of a number. Undefined keeps the number. */
  number?: (digits: string) => string | undefined;
};

/** The value with every string changed, keys included. Numbers keep their digits unless replaced. */
export function mapTexts(value: unknown, changes: Changes): unknown {
  if (typeof value === 'string') {
    return changes.text(value);
  }
  if (typeof value === 'number' || JSON.isRawJSON(value)) {
    return changes.number?.(JSON.stringify(value)) ?? value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => mapTexts(item, changes));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [changes.text(name), mapTexts(member, changes)]),
    );
  }
  return value;
}
