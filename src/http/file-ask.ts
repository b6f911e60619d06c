// What a call asks of a file: the whole of it or a part, its bytes or what is known of them (RFC 9110, sections 9.3.2,
// 13 and 14).

import { headerOf, type RequestContext } from './context.ts';

/** Headers as they came; null where absent. */
export type FileAsk = {
  isHead: boolean;
  range: string | null;
  ifRange: string | null;
  ifNoneMatch: string | null;
};

export function fileAskOf(context: RequestContext): FileAsk {
  return {
    isHead: context.method === 'HEAD',
    range: headerOf(context, 'Range'),
    ifRange: headerOf(context, 'If-Range'),
    ifNoneMatch: headerOf(context, 'If-None-Match'),
  };
}
