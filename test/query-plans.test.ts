// No request walks a table that grows: each statement that any route or the cron sends to D1 finds its rows by a key.
// What has to walk stands below, each with what bounds it.

import { env } from 'cloudflare:workers';
import { beforeAll, test } from 'vitest';
import { playAll, PLAYED } from './support/all-routes.ts';
import { ROUTES } from './support/routes.ts';

const sources = import.meta.glob('../src/**/*store.ts', { query: '?raw', import: 'default', eager: true });

const GROWING = [
  'jobs',
  'ledger',
  'counters',
  'keys',
  'usage_end_users',
  'customers',
  'customer_prices',
  'credit_notes',
  'audit',
];

/** A search for all columns of a key: one row, or one for each value of a list. */
const ONE_ROW = new RegExp(
  `\\((${[
    'id=\\?',
    'hash=\\?',
    'external_id=\\?',
    'reference=\\? AND phase=\\?',
    'subject=\\? AND grain=\\? AND slot=\\?',
    'customer_id=\\? AND model_id=\\?',
    'customer_id=\\? AND idempotency_key=\\? AND idempotency_scope=\\?',
    'upstream_id=\\? AND account_id=\\?',
    'operation=\\?',
    'customer_id=\\? AND idempotency_key=\\?',
  ].join('|')})\\)`,
);

type Exception = {
  /** What bounds these walks, or why they may be long. */
  because: string;
  /** Lines of a plan that walk, by something that is in their statement and in no other. */
  walks: Record<string, string[]>;
};

const ROOM = [
  'SCAN j USING INDEX jobs_at_once',
  'SEARCH c USING PRIMARY KEY (subject=? AND grain=? AND slot>?)',
  'SEARCH c USING PRIMARY KEY (subject=? AND grain=?)',
  'SEARCH j USING INDEX jobs_at_once (account_id=? AND customer_id=? AND family=?)',
  'SEARCH j USING INDEX jobs_at_once (account_id=? AND customer_id=?)',
];
const ACCOUNT_ROOM = [
  'SEARCH c USING PRIMARY KEY (subject=? AND grain=? AND slot>?)',
  'SEARCH j USING INDEX jobs_at_once (account_id=?)',
];
/** Rows that would refer to a key: of jobs and of tokens. */
const OF_KEY = [
  'SEARCH jobs USING INDEX jobs_of_key (key_id=?)',
  'SEARCH keys USING INDEX tokens_of_key (parent_id=?)',
];
const TOKEN_ROOM = [
  'SEARCH c USING PRIMARY KEY (subject=? AND grain=?) LEFT-JOIN',
  'USE TEMP B-TREE FOR GROUP BY',
];
const KEYS_OF_ONE = 'SEARCH keys USING INDEX keys_of_customer (customer_id=?)';
const SWEPT = 'SEARCH keys USING COVERING INDEX tokens_by_expiry (expires_at_ms<?)';
const HOLDS_OF_TOKEN = 'SEARCH jobs USING INDEX holds_of_token (token_id=?)';
const ABOUT_JOB = 'SEARCH ledger USING INDEX ledger_about_job (job_id=?)';
const JOBS_OF_ONE = 'jobs_of_customer (customer_id=?)';
const OPEN_JOBS = 'SCAN jobs USING INDEX jobs_to_check';
const LATE_COSTS = 'SCAN jobs USING INDEX costs_to_check';

const BOOKED_IN_AN_HOUR = [
  'SEARCH jobs USING INDEX jobs_by_settlement_age (settled_at_ms>? AND settled_at_ms<?)',
  'SEARCH ledger USING INDEX ledger_operations_by_age (at_ms>? AND at_ms<?)',
  'USE TEMP B-TREE FOR GROUP BY',
];

const EXCEPTIONS: Exception[] = [
  {
    because:
      'The days of a month and eight slices of a minute; jobs at once, of which there are at most as many as the limit says, and which are read for no other limit.',
    walks: {
      'SELECT * FROM room ORDER BY': ROOM,
      'INSERT INTO jobs (': [...ROOM, ABOUT_JOB, 'SEARCH j USING INDEX jobs_at_once (account_id=?)'],
      'SELECT COUNT(*) AS usable': ACCOUNT_ROOM,
      'UPDATE jobs SET account_id = choice.id': ACCOUNT_ROOM,
      'SELECT id, name, max, used FROM account_room': ACCOUNT_ROOM,
    },
  },
  {
    because:
      'Foreign keys, as the ledger above: SQLite looks for rows that refer to a new one only while a violation is open.',
    walks: {
      'INSERT INTO customers (': [
        'SCAN ledger',
        'SEARCH credit_notes USING INDEX credit_notes_of_customer (customer_id=?)',
        'SEARCH customer_prices USING PRIMARY KEY (customer_id=?)',
        'SEARCH jobs USING INDEX jobs_of_customer (customer_id=?)',
        'SCAN keys',
        'SEARCH usage_end_users USING PRIMARY KEY (customer_id=?)',
      ],
      'INSERT INTO accounts (': ['SCAN jobs'],
      'INSERT INTO keys (id, customer_id, kind, family': OF_KEY,
      'INSERT INTO models (id, display_name, description, kind, categories, input_schema, price,': [
        'SCAN customer_prices',
      ],
      'INSERT INTO models (id, display_name, description, kind, categories, input_schema, schema_hash,': [
        'SCAN customer_prices',
      ],
    },
  },
  {
    because: 'Eight slices of a minute for each of gateway, customer and key; and foreign keys, as above.',
    walks: {
      'SELECT scope, max, used, oldest_ms FROM room': TOKEN_ROOM,
      "SELECT subject, 'slice'": TOKEN_ROOM,
      'INSERT INTO keys (id, customer_id, kind, parent_id': [...TOKEN_ROOM, ...OF_KEY],
    },
  },
  {
    because: 'The keys of one customer, one of which has minted the token.',
    walks: {
      'UPDATE keys SET revoked_at_ms = ?4': [KEYS_OF_ONE],
      "SELECT id FROM keys WHERE id = ?3 AND kind = 'browser'": [KEYS_OF_ONE],
    },
  },
  {
    because: 'What a sweep takes, a thousand at most; nothing refers to a token by a foreign key.',
    walks: {
      'DELETE FROM counters WHERE subject IN': [SWEPT, 'SEARCH counters USING PRIMARY KEY (subject=?)'],
      'DELETE FROM keys WHERE id IN': [SWEPT, ...OF_KEY],
    },
  },
  {
    because: 'What a browser token still holds: as many rows as it has jobs that are not settled.',
    walks: {
      "SELECT CASE ?2 WHEN '' THEN COALESCE((SELECT held_micros": [HOLDS_OF_TOKEN],
      'SELECT EXISTS (SELECT 1 FROM jobs WHERE id = ?4) AS admitted': [HOLDS_OF_TOKEN],
    },
  },
  {
    because: 'A page: no more rows than are asked for.',
    walks: {
      "SELECT * FROM keys WHERE customer_id = ?1 AND kind = 'secret' AND (created_at_ms, id) >": [
        'SEARCH keys USING INDEX keys_of_customer (customer_id=? AND (created_at_ms,id)>(?,?))',
      ],
      "WHERE l.customer_id = ?1 AND l.phase = 'operation' AND (l.at_ms, l.reference) <": [
        'SEARCH l USING INDEX ledger_operations (customer_id=? AND (at_ms,reference)<(?,?))',
      ],
      'SELECT * FROM customer_prices WHERE customer_id = ?1 AND model_id > ?2': [
        'SEARCH customer_prices USING PRIMARY KEY (customer_id=? AND model_id>?)',
      ],
    },
  },
  {
    because: 'The adjustments of one job, booked by hand.',
    walks: {
      'INSERT INTO ledger (reference, phase, kind, customer_id, micros, job_id': [ABOUT_JOB],
      'SELECT c.balance_micros, j.id AS job': [ABOUT_JOB],
      "WHERE l.job_id = ?1 AND l.kind = 'adjustment'": [
        'SEARCH l USING INDEX ledger_about_job (job_id=?)',
        ABOUT_JOB,
      ],
    },
  },
  {
    because: 'The page of an operator: of all jobs or of one customer, with filters that skip rows.',
    walks: {
      'SELECT * FROM jobs WHERE 1 AND': [
        'SEARCH jobs USING INDEX jobs_by_age (created_at_ms>? AND created_at_ms<?)',
      ],
      'SELECT * FROM jobs WHERE customer_id = COALESCE': [
        'SEARCH jobs USING INDEX jobs_of_customer (customer_id=? AND created_at_ms>? AND created_at_ms<?)',
      ],
    },
  },
  {
    because:
      'The page of an operator: of all customers or keys, or of the keys of one, with filters that skip rows.',
    walks: {
      'SELECT * FROM jobs INDEXED BY jobs_of_end_user': [
        'SEARCH jobs USING INDEX jobs_of_end_user (customer_id=? AND end_user=? AND created_at_ms>? AND created_at_ms<?)',
      ],
    },
  },
  {
    because:
      'The page of an operator: of all customers or keys, or of the keys of one. Filters skip some of the 5,000 rows that are read at most, which are sorted again; and the row at which reading stops.',
    walks: {
      'SELECT * FROM customers WHERE 1 AND (created_at_ms, id)': [
        'SEARCH customers USING INDEX customers_by_age ((created_at_ms,id)>(?,?))',
      ],
      'SELECT * FROM customers WHERE 1 AND (name, id)': [
        'SEARCH customers USING INDEX customers_by_name ((name,id)>(?,?))',
        'USE TEMP B-TREE FOR ORDER BY',
      ],
      'SELECT created_at_ms, id FROM customers WHERE (created_at_ms, id)': [
        'SEARCH customers USING COVERING INDEX customers_by_age ((created_at_ms,id)>(?,?))',
      ],
      'SELECT created_at_ms, id FROM customers WHERE (name, id)': [
        'SEARCH customers USING INDEX customers_by_name ((name,id)>(?,?))',
      ],
      "SELECT * FROM keys WHERE kind = 'secret' AND (created_at_ms, id)": [
        'SEARCH keys USING INDEX keys_by_age ((created_at_ms,id)>(?,?))',
      ],
      'SELECT * FROM keys WHERE hint = ?2': [
        'SEARCH keys USING INDEX keys_by_hint (hint=? AND (created_at_ms,id)>(?,?))',
      ],
      'SELECT * FROM keys WHERE parent_id = ?4': [
        'SEARCH keys USING INDEX tokens_of_key (parent_id=? AND (created_at_ms,id)>(?,?))',
      ],
      'SELECT * FROM keys WHERE customer_id = ?3': [
        'SEARCH keys USING INDEX keys_of_customer (customer_id=? AND (created_at_ms,id)>(?,?))',
      ],
      "SELECT created_at_ms, id FROM keys WHERE kind = 'secret'": [
        'SEARCH keys USING COVERING INDEX keys_by_age ((created_at_ms,id)>(?,?))',
      ],
      'SELECT created_at_ms FROM jobs WHERE 1': [
        'SEARCH jobs USING COVERING INDEX jobs_by_age (created_at_ms>? AND created_at_ms<?)',
      ],
      'SELECT created_at_ms FROM jobs WHERE customer_id = COALESCE': [
        'SEARCH jobs USING COVERING INDEX jobs_of_customer (customer_id=? AND created_at_ms>? AND created_at_ms<?)',
      ],
    },
  },
  {
    because:
      'The page of a customer, of their own jobs or of those of one browser token, with filters that skip rows; and what was booked by hand about each job of the page.',
    walks: {
      'FROM jobs INDEXED BY jobs_of_customer WHERE customer_id = ?1': [
        'SEARCH jobs USING INDEX jobs_of_customer (customer_id=? AND created_at_ms>? AND created_at_ms<?)',
        ABOUT_JOB,
      ],
      'FROM jobs INDEXED BY jobs_of_token': [
        'SEARCH jobs USING INDEX jobs_of_token (token_id=? AND created_at_ms>? AND created_at_ms<?)',
        ABOUT_JOB,
      ],
      'AS adjusted_micros FROM jobs INDEXED BY jobs_of_end_user': [
        'SEARCH jobs USING INDEX jobs_of_end_user (customer_id=? AND end_user=? AND created_at_ms>? AND created_at_ms<?)',
        ABOUT_JOB,
      ],
      'SELECT * FROM keys WHERE parent_id = ?1': [
        'SEARCH keys USING INDEX tokens_of_key (parent_id=? AND (created_at_ms,id)>(?,?))',
      ],
      'FROM jobs WHERE id = ?3 AND customer_id = ?1': [ABOUT_JOB],
    },
  },
  {
    because: 'The one job of a trace id.',
    walks: {
      'SELECT * FROM jobs WHERE trace_id = ?12': [
        'SEARCH jobs USING INDEX jobs_by_trace (trace_id=?)',
        'USE TEMP B-TREE FOR ORDER BY',
      ],
    },
  },
  {
    because: 'As many rows as there are upstream accounts.',
    walks: {
      'SELECT * FROM jobs WHERE upstream_id = ?5': [
        'SEARCH jobs USING INDEX jobs_by_upstream_id (upstream_id=?)',
        'USE TEMP B-TREE FOR ORDER BY',
      ],
    },
  },
  {
    because: 'The keys of one customer, for the operator.',
    walks: {
      'UPDATE keys SET limits = json_patch(limits, ?2) WHERE': [
        'SEARCH keys USING INDEX keys_of_customer (customer_id=?)',
      ],
    },
  },
  {
    because: 'The limits of the customers of a page, each as above.',
    walks: {
      "SELECT s.id AS customer, 'customer' AS scope": [
        'SEARCH c USING PRIMARY KEY (subject=? AND grain=? AND slot>?)',
        'SEARCH c USING PRIMARY KEY (subject=? AND grain=?)',
        'SEARCH j USING INDEX jobs_at_once (account_id=? AND customer_id=?)',
      ],
    },
  },
  {
    because: 'A report adds up the period that was asked for: of one customer, or for the operator of all.',
    walks: {
      'SELECT model_id, price, markup_e4, unit_micros, COUNT(state)': [
        'SEARCH jobs USING INDEX jobs_by_settlement (customer_id=? AND settled_at_ms>? AND settled_at_ms<?)',
        'SEARCH l USING INDEX ledger_operations (customer_id=? AND at_ms>? AND at_ms<?)',
        'USE TEMP B-TREE FOR GROUP BY',
        'USE TEMP B-TREE FOR ORDER BY',
      ],
      'CASE WHEN ?6 THEN customer_id END AS customer': [
        'SEARCH c USING PRIMARY KEY (id>? AND id<?)',
        'SEARCH u USING PRIMARY KEY (customer_id=? AND day>? AND day<?)',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      'CASE WHEN ?7 THEN customer_id END AS customer, CASE WHEN ?8': [
        'SEARCH c USING PRIMARY KEY (id>? AND id<?)',
        'SEARCH j USING INDEX jobs_by_cost (customer_id=? AND cost_at_ms>? AND cost_at_ms<?)',
        'SEARCH j USING INDEX jobs_by_settlement (customer_id=? AND settled_at_ms>? AND settled_at_ms<?)',
        'SEARCH l USING INDEX ledger_operations (customer_id=? AND at_ms>? AND at_ms<?)',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      "state = 'unconfirmed' AND account_id = ?1 AND created_at_ms >= ?2": [
        'SEARCH jobs USING INDEX jobs_by_age (created_at_ms>? AND created_at_ms<?)',
      ],
    },
  },
  {
    because: 'Jobs that are open, or whose cost is late: their number does not grow with the past.',
    walks: {
      'SELECT COUNT(*) AS jobs, COALESCE(SUM(hold_micros / 1000000), 0)': [
        'SEARCH jobs USING INDEX jobs_to_check (customer_id>? AND customer_id<?)',
      ],
      'SELECT state, COUNT(*) AS jobs': [OPEN_JOBS, 'USE TEMP B-TREE FOR GROUP BY'],
      'SELECT MIN(check_at_ms) AS next_check_ms FROM jobs INDEXED BY costs_to_check': [
        'SEARCH jobs USING INDEX costs_to_check',
      ],
      "UPDATE jobs SET state = 'unconfirmed', check_at_ms = ?1 WHERE id IN": [OPEN_JOBS],
      'INSERT INTO cron (id, ran_at_ms': [LATE_COSTS, OPEN_JOBS],
    },
  },
  {
    because:
      'The claim of the cron steps from one customer to the next and from one due job to the next: it reads as many as it takes.',
    walks: {
      '(SELECT MIN(customer_id) FROM jobs INDEXED BY jobs_to_check': [
        'SEARCH jobs USING INDEX jobs_to_check (customer_id=? AND (check_at_ms,id)>(?,?) AND check_at_ms<?)',
        'SEARCH jobs USING INDEX jobs_to_check (customer_id=? AND check_at_ms>? AND check_at_ms<?)',
        'SEARCH jobs USING INDEX jobs_to_check (customer_id>?)',
      ],
      '(SELECT MIN(customer_id) FROM jobs INDEXED BY costs_to_check': [
        'SEARCH jobs USING INDEX costs_to_check (customer_id=? AND (check_at_ms,id)>(?,?) AND check_at_ms<?)',
        'SEARCH jobs USING INDEX costs_to_check (customer_id=? AND check_at_ms>? AND check_at_ms<?)',
        'SEARCH jobs USING INDEX costs_to_check (customer_id>?)',
      ],
    },
  },
  {
    because:
      'The jobs that are open on an account, for the operator; before it is deleted, those that are open at all.',
    walks: {
      'AS open_jobs FROM accounts': ['SCAN j USING INDEX jobs_to_check'],
      'RETURNING *, (SELECT COUNT(*) FROM jobs j': ['SCAN j USING INDEX jobs_to_check'],
      "UPDATE accounts SET status = 'deleted'": [OPEN_JOBS],
      'SELECT id, name, max, used FROM account_room': [
        'SEARCH c USING PRIMARY KEY (subject=? AND grain=? AND slot>?)',
        'SEARCH j USING INDEX jobs_at_once (account_id=?)',
      ],
    },
  },
  {
    because: 'Customers who are held back at the moment, twenty of them at most.',
    walks: {
      'FROM customers WHERE held_back_at_ms > 0 AND probe_at_ms > ?1': [
        'SEARCH customers USING INDEX customers_held_back (probe_at_ms>?)',
      ],
    },
  },
  {
    because:
      'An hour of all bookings, added once by the cron; what came since the last one, up to a bound; and jobs whose cost is still asked for.',
    walks: {
      'SELECT day, kind, CASE kind': BOOKED_IN_AN_HOUR,
      'SELECT day, CASE WHEN took_ms': BOOKED_IN_AN_HOUR,
      'SELECT MIN(settled_at_ms) AS first_ms': [
        'SEARCH jobs USING COVERING INDEX jobs_by_settlement_age (settled_at_ms>?)',
      ],
      'SELECT MIN(settled_at_ms) AS pending_ms': ['SEARCH jobs USING INDEX costs_to_check'],
    },
  },
  {
    because: 'Losses and flags of the last days, on the page of health.',
    walks: {
      "COALESCE(SUM(state = 'lost'), 0) AS lost_jobs": [
        'SEARCH jobs USING INDEX jobs_with_loss (ended_at_ms>?)',
      ],
      'COUNT(*) AS flagged_jobs': ['SEARCH jobs USING INDEX jobs_flagged (ended_at_ms>?)'],
    },
  },
  {
    because: "The check of the ledger counts everything anew, at the operator's word.",
    walks: {
      'FROM jobs WHERE ?1 IS NULL GROUP BY 1, 2, 3, 4': [
        'SCAN counters',
        'SCAN customers',
        'SCAN jobs USING INDEX jobs_of_customer',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      'FROM jobs WHERE customer_id = ?1 GROUP BY 1, 2, 3, 4': [
        'SCAN counters',
        `SEARCH jobs USING INDEX ${JOBS_OF_ONE}`,
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      "'loss', loss)) m WHERE ?1 IS NULL": [
        'SCAN jobs USING INDEX jobs_of_end_user',
        'SCAN l USING INDEX ledger_about_job',
        'SCAN u',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      "'loss', loss)) m WHERE u.customer_id = ?1": [
        'SEARCH j USING COVERING INDEX jobs_of_end_user (customer_id=?)',
        'SEARCH jobs USING INDEX jobs_by_cost (customer_id=? AND cost_at_ms>?)',
        'SEARCH jobs USING INDEX jobs_of_end_user (customer_id=?)',
        'SEARCH l USING INDEX ledger_about_job (job_id=?)',
        'SEARCH u USING PRIMARY KEY (customer_id=?)',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      'WHERE ?1 IS NULL GROUP BY subject': ['SCAN customers', 'SCAN ledger', 'USE TEMP B-TREE FOR GROUP BY'],
      'WHERE subject = ?1 GROUP BY subject': ['SCAN ledger'],
      'WHERE ?1 IS NULL AND l.micros IS NOT': ['SCAN j'],
      'WHERE j.customer_id = ?1 AND l.micros IS NOT': [`SEARCH j USING INDEX ${JOBS_OF_ONE}`],
      'WHERE ?1 IS NULL AND stored IS NOT': ['SCAN j'],
      'WHERE j.customer_id = ?1 AND stored IS NOT': [`SEARCH j USING INDEX ${JOBS_OF_ONE}`],
      "SELECT 'stray' AS what": ['SCAN l'],
    },
  },
];

type Line = { id: number; parent: number; detail: string };

async function planOf(sql: string): Promise<Line[]> {
  const parameters = [...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number));
  const nothing = Array.from({ length: Math.max(0, ...parameters) }, () => null);
  const explain = env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(...nothing);
  return (await explain.all<Line>()).results;
}

/** Under which names a statement speaks of tables that grow. */
function growingNames(sql: string): Set<string> {
  const aliased = new RegExp(String.raw`\b(?:${GROWING.join('|')})\s+(?:AS\s+)?([a-z]\w*)`, 'g');
  return new Set([...GROWING, ...[...sql.matchAll(aliased)].map(([, alias = '']) => alias)]);
}

/** The lines of a plan that read more rows of a growing table than one, and those that sort what these have read. */
function walksIn(sql: string, plan: Line[]): string[] {
  const names = growingNames(sql);
  const isWalk = ({ detail }: Line) => {
    const [, name = ''] = /^(?:SCAN|SEARCH) (\S+)/.exec(detail) ?? [];
    return names.has(name) && !ONE_ROW.test(detail);
  };
  // A subquery that gives a value or a list is not part of the rows that are sorted.
  const walksBelow = (parent: number): boolean =>
    plan.some(
      (line) =>
        line.parent === parent &&
        (isWalk(line) || (!/SCALAR SUBQUERY|LIST SUBQUERY/.test(line.detail) && walksBelow(line.id))),
    );
  const isSort = ({ parent, detail }: Line) => detail.startsWith('USE TEMP B-TREE') && walksBelow(parent);
  // A page of a list is the same walk from either end.
  return plan
    .filter((line) => isWalk(line) || isSort(line))
    .map(({ detail }) => detail.replace(/((?:created_at_ms|name),id\))<\(/, '$1>('));
}

let played = new Map<string, string[]>();
beforeAll(async () => {
  played = await playAll();
}, 180_000);

const shown = (sql: string) => sql.replaceAll(/\s+/g, ' ').slice(0, 200);

test('every route is played, and every statement of the stores reaches D1 by it', async ({ expect }) => {
  expect(PLAYED.toSorted()).toEqual(ROUTES.map(({ id }) => id).toSorted());
  const sent = [...played.keys()];
  // A statement, or the beginning of one up to what is put into it.
  const heads = Object.values(sources).flatMap((text) =>
    [...text.matchAll(/[`'"]((?:SELECT|INSERT|UPDATE|DELETE|WITH)\b[^`'"$]*)/g)].map(([, head = '']) => head),
  );
  expect(heads.length).toBeGreaterThan(70);
  expect(heads.filter((head) => !sent.some((sql) => sql.includes(head))).map(shown)).toEqual([]);
});

test('no statement walks a table that grows, but for those that have a reason', async () => {
  const expected = new Map(EXCEPTIONS.flatMap(({ walks }) => Object.entries(walks)));
  const used = new Set<string>();
  const complaints: string[] = [];
  for (const [sql, senders] of played) {
    const walks = [...new Set(walksIn(sql, await planOf(sql)))].toSorted();
    const names = [...expected.keys()].filter((part) => sql.replaceAll(/\s+/g, ' ').includes(part));
    names.forEach((name) => used.add(name));
    const allowed = names.flatMap((name) => expected.get(name) ?? []).toSorted();
    if (JSON.stringify(walks) !== JSON.stringify(allowed)) {
      complaints.push(
        `${senders.join(', ')}:\n  ${shown(sql)}`,
        ...walks.filter((walk) => !allowed.includes(walk)).map((walk) => `  walks: ${walk}`),
        ...allowed.filter((walk) => !walks.includes(walk)).map((walk) => `  does not walk any more: ${walk}`),
      );
    }
  }
  const gone = [...expected.keys()].filter((name) => !used.has(name));
  complaints.push(...gone.map((name) => `No statement has this in it any more: ${name}`));
  if (complaints.length > 0) {
    throw new Error(complaints.join('\n'));
  }
});
