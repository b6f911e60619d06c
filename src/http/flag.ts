// Parameters that say yes or no, in the spelling of whatever wrote them: Python's requests writes True.

const WORDS = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
]);

/** Null for a text that says neither. */
export function flagOf(text: string): boolean | null {
  return WORDS.get(text.toLowerCase()) ?? null;
}
