// Every route of the gateway, as its planes' tables have it.

import { TABLES } from '../../scripts/openapi/tables.ts';
import { isRead, statusesOf, type Door, type Status } from '../../src/http/route.ts';

export type TestRoute = {
  /** The operation's id. */
  id: string;
  method: string;
  /** `/admin/jobs/{job}`: the rest of a path that takes several segments is `{model_id}` as well. */
  path: string;
  door: Door;
  /** Browser tokens may call it too. */
  takesTokens: boolean;
  /** The status of the usual answer. */
  status: Status;
  /** Query parameters that are not known are refused; RunComfy's own routes ignore them. */
  isStrict: boolean;
  /** Its body is JSON. */
  takesBody: boolean;
  /** One of READ_TOKENS may call it. */
  isRead: boolean;
};

export const ROUTES: TestRoute[] = TABLES.flatMap(({ routes }) =>
  Object.entries(routes).map(([id, row]) => ({
    id,
    method: row.method,
    path: row.path.replaceAll('+}', '}'),
    door: row.door,
    takesTokens: row.tokens === true,
    status: statusesOf(row)[0],
    isStrict: row.wire !== 'runcomfy',
    takesBody: row.body !== undefined && row.body !== 'file',
    isRead: isRead(row),
  })),
);

/** The path with its parameters filled in. */
export function pathOf({ path }: TestRoute, values: Record<string, string>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? 'x');
}
