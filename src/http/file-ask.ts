// What a call asks of a file: the whole of it or a part, its bytes or what is known of them (RFC 9110, sections 9.3.2,
// 13 and 14).

import type { AppContext } from './context.ts';

/** Headers as they came; null where absent. */
export type FileAsk = {
  isHead: boolean;
  range: string | null;
  ifRange: string | null;
  ifNoneMatch: string | null;
};

export function fileAskOf(c: AppContext): FileAsk {
  const header = (name: string) => c.req.header(name) ?? null;
  return {
    isHead: c.req.method === 'HEAD',
    range: header('range'),
    ifRange: header('if-range'),
    ifNoneMatch: header('if-none-match'),
  };
}
