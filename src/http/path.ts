// Paths of calls, and the templates by which rows name them.

import { getPath, tryDecodeURIComponent } from 'hono/utils/url';
import { ownText } from '../lib/weight.ts';

/**
 * RunComfy's routes without doubled and trailing slashes: base URLs are set with and without one, and clients that are
 * not redirected would fail.
 */
export function foldSlashes(path: string): string {
  const folded = path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  return /^\/(?:v1|prod)(?:\/|$)/.test(folded) ? folded : path;
}

/** What routes match. */
export function routedPath(request: Request): string {
  return foldSlashes(getPath(request));
}

export type PathTemplate = {
  /** As Hono writes it, and the log. */
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

/** Texts of their own: what is remembered by an id must not keep the URL that it came in. */
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
