// The headers of a request for a file: HEAD, conditions and ranges (RFC 9110, sections 9.3.2, 13 and 14).

import { headerOf, type RequestContext } from './context.ts';

/** Headers as sent; null where absent. */
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
