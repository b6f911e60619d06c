// Warnings about a call that went through, as one header. They are for people and never change what a client does.

// All of it has to fit the 16 KiB that some HTTP clients give to all headers together.
const MAX_WARNINGS = 20;
const MAX_CHARS = 200;

/** `Comfygate-Warning`, a list of strings as in RFC 9651; none without warnings. Beyond ASCII it is percent-encoded. */
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
