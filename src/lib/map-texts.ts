// JSON values, text by text.

type Changes = {
  text: (text: string) => string;
  /** Gets a number by its digits; undefined keeps it. */
  number?: (digits: string) => string | undefined;
};

/** The value with every string in it changed, the names of members included. Numbers that are kept keep their digits. */
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
