// JSON as Python writes it: what is no number (NaN, Infinity, -Infinity) stands there bare, where JSON has no word for it.

import { endOfString } from './json.ts';

const BARE = /-?(?:NaN|Infinity)/;
const TOKENS = /"|-?(?:NaN|Infinity)/g;

/** The value of the text as `parse` reads it, with null for what is no number; throws what JSON.parse throws. */
export function parsePythonJson(text: string, parse: (json: string) => unknown = JSON.parse): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!BARE.test(text)) {
      throw error;
    }
    return parse(withNulls(text));
  }
}

/** Strings are left alone, whatever stands in them. */
function withNulls(text: string): string {
  const parts: string[] = [];
  let done = 0;
  TOKENS.lastIndex = 0;
  for (let match = TOKENS.exec(text); match !== null; match = TOKENS.exec(text)) {
    if (match[0] === '"') {
      TOKENS.lastIndex = endOfString(text, match.index);
    } else {
      parts.push(text.slice(done, match.index), 'null');
      done = TOKENS.lastIndex;
    }
  }
  return parts.join('') + text.slice(done);
}
