// Compares the ledger with what the upstream decided and what owners saw, so that no job is lost.

import { fateOf, upstreamIdOf, type Draw, type JobsUpstream } from '../jobs-upstream.ts';
import { ADMIN_TOKEN, type Stage } from '../stage.ts';
import type { Clients } from './clients.ts';

type Row = { id: string; upstream_id: string | null; state: string; cost_micros: number | null };

const PAGE = 5_000;

/** Jobs that the cron has yet to check, and how many of them are due. */
export async function unfinished(db: D1Database): Promise<{ open: number; due: number }> {
  const { results } = await db
    .prepare('SELECT COUNT(*) AS open, SUM(check_at_ms <= ?1) AS due FROM jobs WHERE check_at_ms IS NOT NULL')
    .bind(Date.now())
    .all<{ open: number; due: number | null }>();
  return { open: results[0]?.open ?? 0, due: results[0]?.due ?? 0 };
}

/** A sentence for everything that is wrong. */
export async function faults(
  stage: Stage,
  clients: Clients,
  { upstream, draw }: { upstream: JobsUpstream; draw: Draw },
): Promise<string[]> {
  const fates = new Map(
    Array.from({ length: upstream.submits() }, (_, number) => [upstreamIdOf(number), fateOf(draw, number)]),
  );
  const rows = await jobsOf(stage.db);
  const { accepted, ends, errors } = clients;
  const wrong = accepted.flatMap(({ id }) => {
    const row = rows.get(id);
    const fate = fates.get(row?.upstream_id ?? '');
    if (row === undefined || fate === undefined) {
      return [`${id} was accepted and is ${row === undefined ? 'not in the books' : 'unknown upstream'}`];
    }
    const isBooked = row.state === fate.state && row.cost_micros === Math.round(fate.costUsd * 1e6);
    const isSeen = (ends.get(id) ?? fate.state) === fate.state;
    return isBooked && isSeen
      ? []
      : [
          `${id} ${fate.state} upstream, is ${row.state} in the books, and its owner saw ${ends.get(id) ?? 'nothing'}`,
        ];
  });
  const differences = await differencesOf(stage.origins.miniflare);
  return [
    ...eachOnce(errors),
    ...wrong,
    ...(rows.size === accepted.length ? [] : [`${rows.size} jobs in the books, ${accepted.length} accepted`]),
    ...(fates.size === accepted.length
      ? []
      : [`${fates.size} submits upstream, ${accepted.length} accepted`]),
    ...differences.map((difference) => `the ledger differs: ${JSON.stringify(difference)}`),
  ];
}

/** Each kind of error once, with its count. */
function eachOnce(errors: string[]): string[] {
  const kinds = Map.groupBy(errors, (error) => error.slice(0, 60));
  return [...kinds.values()].map((alike) => `${alike.length} × ${alike[0]}`);
}

async function jobsOf(db: D1Database): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  for (let last = ''; ;) {
    const { results } = await db
      .prepare('SELECT id, upstream_id, state, cost_micros FROM jobs WHERE id > ?1 ORDER BY id LIMIT ?2')
      .bind(last, PAGE)
      .all<Row>();
    results.forEach((row) => rows.set(row.id, row));
    last = results.at(-1)?.id ?? '';
    if (results.length < PAGE) {
      return rows;
    }
  }
}

async function differencesOf(origin: string): Promise<unknown[]> {
  const reply = await fetch(`${origin}/admin/ledger/check`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const { differences } = Object(await reply.json());
  return Array.isArray(differences) ? differences : [`status ${reply.status}`];
}
