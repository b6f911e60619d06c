// Texts of strangers, made short enough to be shown.

/** The text, or its first characters and an ellipsis. */
export function cut(text: string, chars: number): string {
  return text.length > chars ? `${text.slice(0, chars).toWellFormed()}…` : text;
}
