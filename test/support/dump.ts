// Everything that D1 and KV hold, as text to search or to compare.

import { env } from 'cloudflare:workers';

/** All rows of all tables. */
export async function dumpD1(): Promise<Record<string, unknown[]>> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY name",
  ).all<{ name: string }>();
  const tables = await env.DB.batch(results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`)));
  return Object.fromEntries(results.map(({ name }, index) => [name, tables[index]?.results ?? []]));
}

/** All keys and values. */
export async function dumpKv(): Promise<Record<string, string | null>> {
  const { keys } = await env.OWNERS.list();
  const values = await Promise.all(keys.map(({ name }) => env.OWNERS.get(name)));
  return Object.fromEntries(keys.map(({ name }, index) => [name, values[index] ?? null]));
}
