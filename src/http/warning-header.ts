// Warnings about a call that succeeded, as one header. They are for people and do not change what a client does.

// Some HTTP clients allow 16 KiB for all headers together.
const MAX_WARNINGS = 20;
const MAX_CHARS = 200;

/** `Comfygate-Warning`, a list of strings (RFC 9651), percent-encoded beyond ASCII. No header without warnings. */
export function warningHeader(warnings: string[]): Record<string, string> {
  if (warnings.length === 0) {
    return {};
  }
  const shown = warnings.slice(0, MAX_WARNINGS);
  const more = warnings.length - shown.length;
  const texts = more === 0 ? shown : [...shown, `and ${more} more`];
  return { 'Comfygate-Warning': texts.map(quoted).join(', ') };
}

function quoted(text: string): string {
  const ascii = text.toWellFormed().replaceAll(/[^\x20-\x7e]/gu, (letter) => encodeURIComponent(letter));
  const short =
    ascii.length > MAX_CHARS ? `${ascii.slice(0, MAX_CHARS).replace(/%[0-9A-F]?$/, '')}...` : ascii;
  return `"${short.replaceAll(/["\\]/g, (mark) => `\\${mark}`)}"`;
}
