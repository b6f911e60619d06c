// Shortens texts from callers before they are shown.

/** The text, or its first characters with an ellipsis. */
export function cut(text: string, chars: number): string {
  return text.length > chars ? `${text.slice(0, chars).toWellFormed()}…` : text;
}
