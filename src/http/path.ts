// Request paths, and the path templates of rows.

import { getPath, tryDecodeURIComponent } from 'hono/utils/url';
import { ownText } from '../lib/weight.ts';

/**
 * Removes doubled and trailing slashes from RunComfy's routes: base URLs come with and without a trailing slash, and
 * some clients do not follow redirects.
 */
export function foldSlashes(path: string): string {
  const folded = path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  return /^\/(?:v1|prod)(?:\/|$)/.test(folded) ? folded : path;
}

/** The path that routes match. */
export function routedPath(request: Request): string {
  return foldSlashes(getPath(request));
}

export type PathTemplate = {
  /** In Hono's syntax, also for the log. */
  hono: string;
  /** Matches the same paths; its groups are the parameters. */
  pattern: RegExp;
  /** The parameter that takes several segments. */
  greedy: string | null;
};

/** `{id}` takes one segment; `{id+}` takes several, up to what follows it or to the end of the path. */
export function parseTemplate(template: string): PathTemplate {
  const [, head = template, greedy = null, tail = ''] = /^(.*)\{(\w+)\+\}(.*)$/.exec(template) ?? [];
  const start = head.replaceAll('.', String.raw`\.`);
  const rest = `.+${tail.replaceAll('.', String.raw`\.`)}`;
  const segments = start.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return {
    hono: head.replaceAll(/\{(\w+)\}/g, ':$1') + (greedy === null ? '' : `:${greedy}{${rest}}`),
    pattern: new RegExp(`^${segments}${greedy === null ? '' : `(?<${greedy}>.+)${tail}`}$`),
    greedy,
  };
}

/** Copies: an id used as a cache key must not keep the URL in memory. */
export function paramsIn(
  { pattern, greedy }: PathTemplate,
  path: string,
  rawPath: () => string,
): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(pattern.exec(path)?.groups ?? {})) {
    // Undecoded: an id that needs escaping is not one.
    const isRaw = name === greedy;
    params[name] = ownText(
      isRaw ? (pattern.exec(rawPath())?.groups?.[name] ?? '') : tryDecodeURIComponent(value),
    );
  }
  return params;
}
