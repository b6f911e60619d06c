// Replaces values that differ on every run, in the order of their appearance: ids by small numbers, keys by placeholders.

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const ID = /\b(cus|key|acct|op|ses|file|plan)_[0-9A-Za-z]{22}\b/g;
const KEY = /\b(cgt?_)[0-9A-Za-z]{49}\b/g;
const CODE = /"[0-9A-Za-z]{43}"/g;
/** Of a file's URL. */
const SECRET = /\b[0-9A-Za-z]{32}\b/g;
const DIGEST = /"(?:[0-9a-f]{64}|[0-9a-f]{32})"/g;
const HINT = /\b(cgt?_)[0-9A-Za-z]{3,5}…/g;

export function placeholders<T>(value: T): T {
  const text = JSON.stringify(value)
    .replaceAll(
      UUID,
      numbered((number) => `00000000-0000-4000-8000-${number.padStart(12, '0')}`),
    )
    .replaceAll(
      ID,
      numbered((number, prefix) => `${prefix}_${number.padStart(22, '0')}`),
    )
    .replaceAll(KEY, '$1…')
    .replaceAll(SECRET, '0'.repeat(32))
    .replaceAll(CODE, '"…"')
    .replaceAll(DIGEST, '"…"')
    .replaceAll(HINT, '$1…');
  return JSON.parse(text);
}

/** The same text has the same number wherever it stands. */
function numbered(write: (number: string, prefix: string) => string) {
  const known = new Map<string, string>();
  return (text: string, prefix: unknown): string => {
    const name = known.get(text) ?? write(String(known.size + 1), String(prefix));
    known.set(text, name);
    return name;
  };
}
