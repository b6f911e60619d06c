// JSON values, text by text.

/** The value with every string in it changed, the names of members included. Numbers keep their digits. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') {
    return change(value);
  }
  if (Array.isArray(value)) {
    return value.map((item) => mapTexts(item, change));
  }
  if (typeof value === 'object' && value !== null && !JSON.isRawJSON(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [change(name), mapTexts(member, change)]),
    );
  }
  return value;
}
