// No request walks a table that grows: each statement that any route or the cron sends to D1 finds its rows by a key.
// Statements that must scan are listed below, each with its bound.

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
  'usage_days',
  'usage_end_users',
  'customers',
  'customer_prices',
  'credit_notes',
  'audit',
  'files',
  'file_bytes',
  'audit_details',
  'audit_seals',
];

/** A search for all columns of a key: one row, or one for each value of a list. */
const ONE_ROW = new RegExp(
  `\\((${[
    'id=\\?',
    'rowid=\\?',
    'hash=\\?',
    'secret=\\?',
    'external_id=\\?',
    'successor_of=\\?',
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
  /** The bound of these scans, or the reason why they may be long. */
  because: string;
  /** Lines of a plan that walk, by something that is in their statement and in no other. */
  walks: Record<string, string[]>;
};

const USAGE = [
  'SCAN j USING COVERING INDEX jobs_at_once',
  'SEARCH c USING PRIMARY KEY (subject=? AND grain=? AND slot>?)',
  'SEARCH c USING PRIMARY KEY (subject=? AND grain=?)',
  'SEARCH j USING COVERING INDEX jobs_at_once (account_id=? AND customer_id=? AND family=?)',
  'SEARCH j USING COVERING INDEX jobs_at_once (account_id=? AND customer_id=?)',
];
const ACCOUNT_USAGE = [
  'SEARCH c USING PRIMARY KEY (subject=? AND grain=? AND slot>?)',
  'SEARCH j USING COVERING INDEX jobs_at_once (account_id=?)',
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
const HOLDS_OF_TOKEN = 'SEARCH jobs USING COVERING INDEX holds_of_token (token_id=? AND settled_at_ms=?)';
const ABOUT_JOB = 'SEARCH ledger USING INDEX ledger_about_job (job_id=?)';
const JOBS_OF_ONE = 'jobs_of_customer (customer_id=?)';
const OPEN_JOBS = 'SCAN jobs USING COVERING INDEX jobs_to_check';
const LATE_COSTS = 'SCAN jobs USING COVERING INDEX costs_to_check';

const ON_PLAN = 'SEARCH customers USING COVERING INDEX customers_of_plan (plan_id=?)';
const OPEN_OF_ONE = 'SEARCH jobs USING COVERING INDEX jobs_to_check (customer_id=? AND check_at_ms>?)';
const ABOUT_OBJECT = 'SEARCH audit USING COVERING INDEX audit_of_object (object=?)';
const TOKENS_OF_ONE = [
  'SEARCH k USING COVERING INDEX keys_of_customer (customer_id=?)',
  'SEARCH t USING COVERING INDEX tokens_of_key (parent_id=?)',
];
const NOTES_OF_ONE = 'SEARCH credit_notes USING COVERING INDEX credit_notes_of_customer (customer_id=?)';
const END_USERS_OF_ONE = 'SEARCH usage_end_users USING PRIMARY KEY (customer_id=?)';
const FILES_OF_ONE = 'SEARCH files USING INDEX files_of_customer (customer_id=?)';
const SOME_FILES_OF_ONE = 'SEARCH files USING COVERING INDEX files_of_customer (customer_id=?)';
const BY_ACTOR = 'SEARCH audit USING COVERING INDEX audit_of_actor (actor=?)';
const AUDITED_OF_ONE = [
  BY_ACTOR,
  ABOUT_OBJECT,
  'SEARCH audit USING COVERING INDEX audit_of_object (object>? AND object<?)',
  'SEARCH keys USING COVERING INDEX keys_of_customer (customer_id=?)',
];
const SETTLED_LONG_AGO =
  'SEARCH jobs USING COVERING INDEX jobs_by_settlement_age (settled_at_ms>? AND settled_at_ms<?)';
const NEXT_SUBJECT = 'SEARCH counters USING PRIMARY KEY (subject>?)';

const BOOKED_IN_AN_HOUR = [
  'SEARCH jobs USING INDEX jobs_by_settlement_age (settled_at_ms>? AND settled_at_ms<?)',
  'SEARCH ledger USING INDEX ledger_operations_by_age (at_ms>? AND at_ms<?)',
  'USE TEMP B-TREE FOR GROUP BY',
];

const EXCEPTIONS: Exception[] = [
  {
    because:
      'The days of a week or a month and eight slices of a minute; jobs at once, of which there are at most as many as the limit says, and which are read for no other limit.',
    walks: {
      'SELECT * FROM limit_usage ORDER BY': USAGE,
      "'files_bytes', l.value": [
        ...USAGE,
        'SEARCH b USING PRIMARY KEY (subject=?) LEFT-JOIN',
        'USE TEMP B-TREE FOR ORDER BY',
      ],
      'INSERT INTO jobs (': [
        ...USAGE,
        ABOUT_JOB,
        'SEARCH j USING COVERING INDEX jobs_at_once (account_id=?)',
      ],
      'SELECT COUNT(*) AS usable': ACCOUNT_USAGE,
      'UPDATE jobs SET account_id = choice.id': ACCOUNT_USAGE,
      'SELECT id, name, max, used FROM account_usage': ACCOUNT_USAGE,
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
        'SEARCH files USING INDEX files_of_customer (customer_id=?)',
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
      'SELECT scope, max, used, oldest_ms FROM tokens_usage': TOKEN_ROOM,
      "SELECT subject, 'slice'": TOKEN_ROOM,
      'INSERT INTO keys (id, customer_id, kind, parent_id': [...TOKEN_ROOM, ...OF_KEY],
    },
  },
  {
    because: 'The one row of each of gateway, customer, key and token.',
    walks: {
      'INSERT INTO files (': ['SEARCH b USING PRIMARY KEY (subject=?) LEFT-JOIN'],
      'SELECT scope, max, used FROM files_usage': ['SEARCH b USING PRIMARY KEY (subject=?) LEFT-JOIN'],
    },
  },
  {
    because: 'Files that are due: the first of them, and what a sweep takes, five hundred at most.',
    walks: {
      'SELECT MIN(due_at_ms) AS due_ms FROM files': [
        'SEARCH files USING COVERING INDEX files_due (due_at_ms<?)',
      ],
      "UPDATE files SET state = 'gone' WHERE id IN": [
        'SEARCH files USING COVERING INDEX files_due (due_at_ms<?)',
      ],
    },
  },
  {
    because: 'The files of a customer, with those of other tokens passed over: none is older than some days.',
    walks: {
      'SELECT * FROM files WHERE customer_id = ?1': [
        'SEARCH files USING INDEX files_of_customer (customer_id=? AND (created_at_ms,id)>(?,?))',
      ],
    },
  },
  {
    because: 'The keys of one customer, one of which has minted the token.',
    walks: {
      'UPDATE keys SET revoked_at_ms = :atMs WHERE id = :id': [KEYS_OF_ONE],
      "SELECT id FROM keys WHERE id = ?3 AND kind = 'browser'": [KEYS_OF_ONE],
    },
  },
  {
    because: 'What a sweep takes, a thousand at most; nothing refers to a token by a foreign key.',
    walks: {
      'DELETE FROM counters WHERE subject IN (SELECT id FROM keys': [
        SWEPT,
        'SEARCH counters USING PRIMARY KEY (subject=?)',
      ],
      'DELETE FROM keys WHERE id IN (SELECT id FROM keys': [SWEPT, ...OF_KEY],
      'DELETE FROM audit_details WHERE audit_id IN (SELECT id FROM audit WHERE actor IN (SELECT id FROM keys':
        ['SEARCH audit USING COVERING INDEX audit_of_actor (actor=?)', SWEPT],
    },
  },
  {
    because: 'How many customers are on a plan, for the operator.',
    walks: {
      'INSERT INTO plans (': [ON_PLAN],
      'AS customers FROM plans WHERE': [ON_PLAN],
      'UPDATE plans SET': [ON_PLAN],
      'DELETE FROM plans WHERE': [ON_PLAN],
    },
  },
  {
    because:
      'An erasure: open jobs and keys of one customer; then some hundred of their rows in each step, and what is audited of these.',
    walks: {
      'INSERT INTO erasures (': [OPEN_OF_ONE],
      'SELECT balance_micros, (SELECT COUNT(*)': [OPEN_OF_ONE],
      "UPDATE keys SET name = 'erased'": [KEYS_OF_ONE],
      'SELECT id, created_at_ms, settled_at_ms FROM jobs WHERE customer_id': [
        'SEARCH jobs USING INDEX jobs_of_customer (customer_id=? AND (created_at_ms,id)>(?,?))',
      ],
      'DELETE FROM audit_details WHERE audit_id IN (SELECT id FROM audit WHERE object IN (SELECT value': [
        ABOUT_OBJECT,
      ],
      'DELETE FROM audit_details WHERE audit_id IN (SELECT id FROM audit WHERE actor IN (SELECT t.id': [
        BY_ACTOR,
        ...TOKENS_OF_ONE,
      ],
      'DELETE FROM audit_details WHERE audit_id IN (SELECT id FROM audit WHERE object IN (SELECT t.id': [
        ABOUT_OBJECT,
        ...TOKENS_OF_ONE,
      ],
      'DELETE FROM counters WHERE subject IN (SELECT t.id': [
        ...TOKENS_OF_ONE,
        'SEARCH counters USING PRIMARY KEY (subject=?)',
      ],
      'DELETE FROM keys WHERE id IN (SELECT t.id': [...TOKENS_OF_ONE, ...OF_KEY],
      'DELETE FROM credit_notes WHERE': [NOTES_OF_ONE],
      'DELETE FROM audit_details WHERE audit_id IN (SELECT audit_id': AUDITED_OF_ONE,
      'DELETE FROM usage_end_users WHERE (day': [
        'SEARCH usage_end_users USING PRIMARY KEY (customer_id=? AND day=? AND end_user=?)',
        END_USERS_OF_ONE,
      ],
      "UPDATE files SET name = ''": [FILES_OF_ONE],
      'UPDATE erasures SET due_at_ms = :nowMs + MAX(open_left': [FILES_OF_ONE, SOME_FILES_OF_ONE],
      'UPDATE erasures SET ended_at_ms': [
        SOME_FILES_OF_ONE,
        ...AUDITED_OF_ONE,
        ...TOKENS_OF_ONE,
        NOTES_OF_ONE,
        END_USERS_OF_ONE,
      ],
    },
  },
  {
    because: 'What time drops: as many jobs and subjects as a run takes, from where the last one ended.',
    walks: {
      'UPDATE jobs SET result = NULL WHERE id IN': [SETTLED_LONG_AGO],
      'UPDATE retention SET results_to_ms': [SETTLED_LONG_AGO, 'USE TEMP B-TREE FOR ORDER BY'],
      'UPDATE retention SET days_before_ms': [NEXT_SUBJECT],
      'DELETE FROM counters WHERE subject IN (SELECT subject FROM s': [
        NEXT_SUBJECT,
        'SEARCH counters USING PRIMARY KEY (subject=? AND grain=? AND slot<?)',
      ],
    },
  },
  {
    because: 'What a browser token still holds: as many rows as it has jobs that are not settled.',
    walks: {
      "SELECT CASE ?1 WHEN '' THEN COALESCE((SELECT held_micros": [HOLDS_OF_TOKEN],
      'SELECT EXISTS (SELECT 1 FROM jobs WHERE id = ?1) AS admitted': [HOLDS_OF_TOKEN],
    },
  },
  {
    because: 'A page: no more rows than are asked for.',
    walks: {
      "WHERE l.customer_id = ?1 AND l.phase = 'operation' AND (l.at_ms, l.reference) <": [
        'SEARCH l USING INDEX ledger_operations (customer_id=? AND (at_ms,reference)<(?,?))',
      ],
      'SELECT * FROM customer_prices WHERE customer_id = ?1 AND model_id > ?2': [
        'SEARCH customer_prices USING PRIMARY KEY (customer_id=? AND model_id>?)',
      ],
    },
  },
  {
    because: 'The jobs of a found key in the last 24 hours, ten thousand at most.',
    walks: {
      'FROM jobs WHERE key_id = ?1 AND created_at_ms > ?2': [
        'SEARCH jobs USING INDEX jobs_of_key (key_id=? AND created_at_ms>?)',
      ],
      "FROM jobs WHERE token_id <> '' AND token_id = ?1": [
        'SEARCH jobs USING INDEX jobs_of_token (token_id=? AND created_at_ms>?)',
      ],
    },
  },
  {
    because: 'The entries that the statement before has inserted, of which the last id tells.',
    walks: {
      'INSERT INTO audit_details (': ['SEARCH a USING INTEGER PRIMARY KEY (rowid>?)', 'SEARCH audit'],
    },
  },
  {
    because: 'What is sealed in one run or checked in one call; and the last seal.',
    walks: {
      'SELECT * FROM (SELECT a.*, d.salt': [
        'SEARCH audit USING INTEGER PRIMARY KEY (rowid>?)',
        'SEARCH audit_seals',
        'USE TEMP B-TREE FOR ORDER BY',
      ],
      'INSERT INTO audit_seals (': ['SEARCH audit_seals'],
      'SELECT * FROM (SELECT i.id AS link': [
        'SEARCH audit USING INTEGER PRIMARY KEY (rowid>?)',
        'SEARCH audit_seals USING INTEGER PRIMARY KEY (rowid>?)',
        'USE TEMP B-TREE FOR ORDER BY',
      ],
    },
  },
  {
    because: 'A page of the audit; with an object or a session go filters that skip rows.',
    walks: {
      'INDEXED BY audit_by_age': ['SEARCH a USING INDEX audit_by_age (at_ms>? AND at_ms<?)'],
      'INDEXED BY audit_of_actor LEFT': [
        'SEARCH a USING INDEX audit_of_actor (actor=? AND at_ms>? AND at_ms<?)',
      ],
      'INDEXED BY audit_of_actor_by_action': [
        'SEARCH a USING INDEX audit_of_actor_by_action (actor=? AND action=? AND at_ms>? AND at_ms<?)',
      ],
      'INDEXED BY audit_of_action': [
        'SEARCH a USING INDEX audit_of_action (action=? AND at_ms>? AND at_ms<?)',
      ],
      'INDEXED BY audit_of_session': [
        'SEARCH a USING INDEX audit_of_session (session_id=? AND at_ms>? AND at_ms<?)',
      ],
      'INDEXED BY audit_of_object': [
        'SEARCH a USING INDEX audit_of_object (object=? AND at_ms>? AND at_ms<?)',
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
      'SELECT * FROM customers WHERE plan_id = ?9 AND (created_at_ms, id)': [
        'SEARCH customers USING INDEX customers_of_plan (plan_id=? AND (created_at_ms,id)>(?,?))',
      ],
      'SELECT created_at_ms, id FROM customers WHERE plan_id = ?3 AND (created_at_ms, id)': [
        'SEARCH customers USING COVERING INDEX customers_of_plan (plan_id=? AND (created_at_ms,id)>(?,?))',
      ],
      'SELECT created_at_ms, id FROM customers WHERE 1 AND (created_at_ms, id)': [
        'SEARCH customers USING COVERING INDEX customers_by_age ((created_at_ms,id)>(?,?))',
      ],
      'SELECT created_at_ms, id FROM customers WHERE 1 AND (name, id)': [
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
      'FROM jobs WHERE id = ?3 AND customer_id = ?1': [ABOUT_JOB],
    },
  },
  {
    because: 'The one job of a trace id.',
    walks: {
      'SELECT * FROM jobs WHERE trace_id = ?1': [
        'SEARCH jobs USING INDEX jobs_by_trace (trace_id=?)',
        'USE TEMP B-TREE FOR ORDER BY',
      ],
    },
  },
  {
    because: 'As many rows as there are upstream accounts.',
    walks: {
      'SELECT * FROM jobs WHERE upstream_id = ?1': [
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
      "SELECT m.id AS customer, 'customer' AS scope": [
        'SEARCH c USING PRIMARY KEY (subject=? AND grain=? AND slot>?)',
        'SEARCH c USING PRIMARY KEY (subject=? AND grain=?)',
        'SEARCH j USING COVERING INDEX jobs_at_once (account_id=? AND customer_id=?)',
      ],
    },
  },
  {
    because: "A statement lists the jobs of a customer's month by what they were priced with.",
    walks: {
      'SELECT model_id, price, markup_e4, unit_micros, COUNT(state)': [
        'SEARCH jobs USING INDEX jobs_by_settlement (customer_id=? AND settled_at_ms>? AND settled_at_ms<?)',
        'SEARCH l USING INDEX ledger_operations (customer_id=? AND at_ms>? AND at_ms<?)',
        'USE TEMP B-TREE FOR GROUP BY',
        'USE TEMP B-TREE FOR ORDER BY',
      ],
    },
  },
  {
    because:
      'A report adds up the days that were asked for, 366 at most, of keys and models and not of jobs; a browser token has as many jobs as its budget allows.',
    walks: {
      'FROM json_each(?1) d CROSS JOIN usage_days u': [
        'SEARCH u USING PRIMARY KEY (day=? AND customer_id>? AND customer_id<?)',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      'CROSS JOIN json_each(?1) d CROSS JOIN usage_end_users u': [
        'SEARCH c USING PRIMARY KEY (id>? AND id<?)',
        'SEARCH u USING PRIMARY KEY (customer_id=? AND day=?)',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      'FROM json_each(?1) d CROSS JOIN usage_end_users u': [
        'SEARCH u USING PRIMARY KEY (customer_id=? AND day=? AND end_user=?)',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      'WHERE j.token_id = ?6': [
        'SEARCH j USING INDEX jobs_of_token (token_id=?)',
        'SEARCH l USING INDEX ledger_about_job (job_id=?)',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
    },
  },
  {
    because: "The unconfirmed jobs of a range of time, at the operator's word.",
    walks: {
      "state = 'unconfirmed' AND account_id = ?1 AND created_at_ms >= ?2": [
        'SEARCH jobs USING INDEX jobs_by_age (created_at_ms>? AND created_at_ms<?)',
      ],
    },
  },
  {
    because: 'Jobs that are open, or whose cost is late: their number does not grow with the past.',
    walks: {
      'AS held FROM jobs INDEXED BY jobs_to_check WHERE check_at_ms IS NOT NULL': [OPEN_JOBS],
      'AS held FROM jobs INDEXED BY jobs_to_check WHERE customer_id = ?1': [
        'SEARCH jobs USING COVERING INDEX jobs_to_check (customer_id=? AND check_at_ms>?)',
      ],
      "AS held FROM jobs INDEXED BY holds_of_token WHERE token_id = ?1 AND token_id <> ''": [HOLDS_OF_TOKEN],
      'SELECT state, COUNT(*) AS jobs': [OPEN_JOBS, 'USE TEMP B-TREE FOR GROUP BY'],
      'SELECT MIN(check_at_ms) AS next_check_ms FROM jobs INDEXED BY costs_to_check': [
        'SEARCH jobs USING COVERING INDEX costs_to_check',
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
        'SEARCH jobs USING COVERING INDEX jobs_to_check (customer_id=? AND (check_at_ms,id)>(?,?) AND check_at_ms<?)',
        'SEARCH jobs USING COVERING INDEX jobs_to_check (customer_id=? AND check_at_ms>? AND check_at_ms<?)',
        'SEARCH jobs USING COVERING INDEX jobs_to_check (customer_id>?)',
      ],
      '(SELECT MIN(customer_id) FROM jobs INDEXED BY costs_to_check': [
        'SEARCH jobs USING COVERING INDEX costs_to_check (customer_id=? AND (check_at_ms,id)>(?,?) AND check_at_ms<?)',
        'SEARCH jobs USING COVERING INDEX costs_to_check (customer_id=? AND check_at_ms>? AND check_at_ms<?)',
        'SEARCH jobs USING COVERING INDEX costs_to_check (customer_id>?)',
      ],
    },
  },
  {
    because:
      'The jobs that are open on an account, for the operator; before it is deleted, those that are open at all.',
    walks: {
      'AS open_jobs FROM accounts': ['SCAN j USING COVERING INDEX jobs_to_check'],
      'RETURNING *, (SELECT COUNT(*) FROM jobs j': ['SCAN j USING COVERING INDEX jobs_to_check'],
      "UPDATE accounts SET status = 'deleted'": [OPEN_JOBS],
      'SELECT id, name, max, used FROM account_usage': [
        'SEARCH c USING PRIMARY KEY (subject=? AND grain=? AND slot>?)',
        'SEARCH j USING COVERING INDEX jobs_at_once (account_id=?)',
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
      'SELECT MIN(settled_at_ms) AS pending_ms': ['SEARCH jobs USING COVERING INDEX costs_to_check'],
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
        'SCAN j',
        'SCAN l USING INDEX ledger_about_job',
        'SCAN usage_days',
        'SCAN usage_end_users',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      "'loss', loss)) m WHERE customer_id = ?1": [
        'SCAN usage_days',
        `SEARCH j USING INDEX ${JOBS_OF_ONE}`,
        'SEARCH l USING INDEX ledger_about_job (job_id=?)',
        'SEARCH usage_end_users USING PRIMARY KEY (customer_id=?)',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      'DELETE FROM usage_end_users WHERE ?1 IS NULL': ['SCAN usage_end_users'],
      'DELETE FROM usage_end_users WHERE customer_id = ?1': [
        'SEARCH usage_end_users USING PRIMARY KEY (customer_id=?)',
      ],
      'DELETE FROM usage_days': ['SCAN usage_days'],
      "WHERE ?1 IS NULL AND j.end_user <> '' AND NOT": [
        'SCAN j USING INDEX jobs_of_end_user',
        'SCAN l USING INDEX ledger_about_job',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      "WHERE j.customer_id = ?1 AND j.end_user <> '' AND NOT": [
        'SEARCH j USING INDEX jobs_of_end_user (customer_id=?)',
        'SEARCH l USING INDEX ledger_about_job (job_id=?)',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      "WHERE ?1 IS NULL AND l.kind = 'adjustment') GROUP BY day, customer_id": [
        'SCAN j',
        'SCAN l USING INDEX ledger_about_job',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      "WHERE j.customer_id = ?1 AND l.kind = 'adjustment') GROUP BY day, customer_id": [
        `SEARCH j USING INDEX ${JOBS_OF_ONE}`,
        'SEARCH l USING INDEX ledger_about_job (job_id=?)',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      'WHERE ?1 IS NULL GROUP BY subject': ['SCAN customers', 'SCAN ledger', 'USE TEMP B-TREE FOR GROUP BY'],
      'WHERE subject = ?1 GROUP BY subject': ['SCAN ledger'],
      'WHERE ?1 IS NULL AND l.micros IS NOT': ['SCAN j'],
      'WHERE j.customer_id = ?1 AND l.micros IS NOT': [`SEARCH j USING INDEX ${JOBS_OF_ONE}`],
      'WHERE ?1 IS NULL AND stored IS NOT': ['SCAN j'],
      'WHERE j.customer_id = ?1 AND stored IS NOT': [`SEARCH j USING INDEX ${JOBS_OF_ONE}`],
      "WHERE s.value <> '' AND ?1 IS NULL AND": [
        'SCAN file_bytes',
        'SCAN files',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
      "WHERE s.value <> '' AND customer_id = ?1 AND": [
        'SCAN file_bytes',
        'SEARCH files USING INDEX files_of_customer (customer_id=?)',
        'USE TEMP B-TREE FOR GROUP BY',
      ],
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

/** The SQL with `?` for every value: the name or number of a value does not change a plan. */
const unnamed = (sql: string) => sql.replaceAll(/\?\d+|:[a-z]\w*/gi, '?').replaceAll(/\s+/g, ' ');

test('every route is played, and every statement of the stores reaches D1 by it', async ({ expect }) => {
  expect(PLAYED.toSorted()).toEqual(ROUTES.map(({ id }) => id).toSorted());
  const sent = [...played.keys()].map(unnamed);
  // A statement, or the beginning of one up to what is put into it.
  const heads = Object.values(sources).flatMap((text) =>
    [...text.matchAll(/[`'"]((?:SELECT|INSERT|UPDATE|DELETE|WITH)\b[^`'"$]*)/g)].map(([, head = '']) => head),
  );
  expect(heads.length).toBeGreaterThan(70);
  expect(heads.filter((head) => !sent.some((sql) => sql.includes(unnamed(head)))).map(shown)).toEqual([]);
});

test('no statement walks a table that grows, but for those that have a reason', async () => {
  const expected = new Map(EXCEPTIONS.flatMap(({ walks }) => Object.entries(walks)));
  const used = new Set<string>();
  const complaints: string[] = [];
  for (const [sql, senders] of played) {
    const walks = [...new Set(walksIn(sql, await planOf(sql)))].toSorted();
    const names = [...expected.keys()].filter((part) => unnamed(sql).includes(unnamed(part)));
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
