// /admin/audit: who changed what, and the chain of seals that proves that no entry was rewritten.

import * as z from 'zod/mini';
import { fieldChanges, type Entry, type FieldChange } from '../../features/audit/entry.ts';
import { getAuditChain, listAudit } from '../../features/audit/list.ts';
import { isLimits } from '../../features/ledger/limits.ts';
import { isPrice, showPrice } from '../../features/pricing/price-format.ts';
import { instant } from '../../http/instant.ts';
import { showLimits } from '../../http/limits.ts';
import type { PageView } from '../../http/page-view.ts';
import { pageBefore, paging, showInstant, showPage } from '../../http/paging.ts';
import { csvAnswer, route, type Answer } from '../../http/route.ts';
import { filter, filterText } from '../../http/text-schema.ts';
import { csvOf } from '../../lib/cells.ts';
import { isNumber } from '../../lib/guard.ts';
import { usd } from '../../lib/money.ts';
import type { AuditChainView, AuditEntryView } from './audit-view.ts';

const COLUMNS = [
  'at',
  'actor',
  'action',
  'object',
  'field',
  'before',
  'after',
  'asked',
  'session',
  'address',
  'trace_id',
];

/** Before the first possible row, so that a row inserted there is found too. */
const START = -(2 ** 52);

const chainQuery = z.strictObject({
  after: z._default(z.pipe(z.transform(Number), z.int()), START),
  limit: z._default(z.pipe(z.transform(Number), z.int().check(z.minimum(1), z.maximum(1_000))), 500),
});

export const auditRoutes = {
  listAudit: route({
    method: 'GET',
    path: '/admin/audit',
    door: 'admin',
    summary: 'List changes and who made them, newest first. CSV has a line for each field.',
    query: z.strictObject({
      ...paging,
      actor: filterText,
      object: filterText,
      action: filterText,
      from: filter(instant),
      to: filter(instant),
      format: z._default(z.enum(['json', 'csv']), 'json'),
    }),
    csv: true,
    refusals: [],
    async run({ runtime, query }): Promise<PageView<AuditEntryView> | Answer<never>> {
      const { from: fromMs, to: toMs, limit, format, ...rest } = query;
      const entries = await listAudit(runtime, { ...rest, fromMs, toMs }, pageBefore(query));
      const page = showPage(entries, limit, { show: showEntry, place: placeOfEntry });
      return format === 'csv' ? csvPage(page) : page;
    },
  }),
  getAuditChain: route({
    method: 'GET',
    path: '/admin/audit/chain',
    door: 'admin',
    summary: 'Get the audit entries byte for byte with their seals, for npm run audit:check.',
    query: chainQuery,
    refusals: [],
    run: async ({ runtime, query }): Promise<AuditChainView> => ({
      items: await getAuditChain(runtime, query),
    }),
  }),
};

function placeOfEntry({ atMs, id }: Entry) {
  return { ms: atMs, id: String(id) };
}

function showEntry({ details, ...entry }: Entry): AuditEntryView {
  const { id, atMs, actor, sessionId, action, object, traceId } = entry;
  return {
    id,
    at: showInstant(atMs),
    actor,
    session: sessionId,
    action,
    object,
    asked: details?.change ?? null,
    changes: details === null ? [] : fieldChanges(showState(details.before), showState(details.after)),
    address: details?.address ?? null,
    trace_id: traceId,
  };
}

type State = Record<string, unknown>;

/** Converts columns to the API's names and units. The suffix of a column is its unit. */
function showState(state: State | null): State | null {
  return state && Object.fromEntries(Object.entries(state).map(([name, value]) => showMember(name, value)));
}

function showMember(name: string, value: unknown): [string, unknown] {
  if (name === 'limits' && isLimits(value)) {
    return [name, showLimits(value)];
  }
  if (name === 'price' && isPrice(value)) {
    return [name, showPrice(value)];
  }
  const [, bare = name, unit] = /^(.*)_(micros|ms|e4)$/.exec(name) ?? [];
  switch (unit) {
    case 'micros':
      return [`${bare}_usd`, isNumber(value) ? usd(value) : null];
    case 'ms':
      return [bare, isNumber(value) ? showInstant(value) : null];
    case 'e4':
      return [bare, isNumber(value) ? value / 10_000 : null];
    default:
      return [name, value];
  }
}

function csvPage({ items, next_cursor: next }: PageView<AuditEntryView>): Answer<never> {
  const lines = items.flatMap(
    ({ changes, asked, at, actor, session, action, object, address, trace_id: trace }) => {
      const entry = {
        at,
        actor,
        action,
        object,
        asked: cell(asked),
        session: session ?? '',
        address: address ?? '',
      };
      const fields: Partial<FieldChange>[] = changes.length === 0 ? [{}] : changes;
      return fields.map(({ field = '', before, after }) => ({
        ...entry,
        trace_id: trace,
        field,
        before: cell(before),
        after: cell(after),
      }));
    },
  );
  return csvAnswer(csvOf(COLUMNS, lines), next === null ? {} : { 'Comfygate-Next-Cursor': next });
}

function cell(value: unknown): string {
  return typeof value === 'string'
    ? value
    : value === null || value === undefined
      ? ''
      : JSON.stringify(value);
}
