// JSON.parse source text access (ECMA-262, 2025): workerd and Node have it, the libraries of TypeScript's ES2024 do not.

/** A number as it is written; JSON.stringify writes the same digits. */
type RawJson = { readonly rawJSON: string };

interface JSON {
  /** `source` is there for primitive values only. */
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
}
