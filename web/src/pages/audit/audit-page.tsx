// Who changed what: every entry of the audit, field by field.

import { Trans, useLingui } from '@lingui/react/macro';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { listAudit } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Empty, Page, Time } from '../../ui/layout.tsx';
import { List } from '../../ui/list.tsx';
import type { Column } from '../../ui/table.tsx';

const route = getRouteApi('/shell/audit');

type Entry = AnswerOf<'listAudit'>['items'][number];
type Change = { field: string; before: string; after: string };

function shown(value: unknown): string {
  return value === null || value === undefined
    ? '–'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}

/** The changed fields of the object, or the fields of the request if the entry names no change. */
function changesOf({ changes, asked }: Entry): Change[] {
  return changes.length > 0
    ? changes.map(({ field, before, after }) => ({ field, before: shown(before), after: shown(after) }))
    : Object.entries(asked ?? {}).map(([field, value]) => ({ field, before: '–', after: shown(value) }));
}

export function AuditPage() {
  const { t } = useLingui();
  const go = route.useNavigate();
  const { cursor, ...filter } = route.useSearch();
  return (
    <Page title={<Trans>Audit</Trans>}>
      <form
        key={JSON.stringify(filter)}
        role="search"
        className="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-[1fr_1fr_1fr_1fr_1fr_auto]"
        action={(form: FormData) => {
          const entries = [...form].filter(([, value]) => typeof value === 'string' && value.trim() !== '');
          void go({ search: Object.fromEntries(entries) });
        }}
      >
        <Field
          label={<Trans>Actor</Trans>}
          name="actor"
          defaultValue={filter.actor}
          placeholder={t`name, key_…, ses_…`}
        />
        <Field
          label={<Trans>Object</Trans>}
          name="object"
          defaultValue={filter.object}
          placeholder="cus_…, key_…"
        />
        <Field
          label={<Trans>Action</Trans>}
          name="action"
          defaultValue={filter.action}
          placeholder="customer.change"
        />
        <Field label={<Trans>From (UTC)</Trans>} name="from" type="date" defaultValue={filter.from} />
        <Field label={<Trans>Before (UTC)</Trans>} name="to" type="date" defaultValue={filter.to} />
        <Button type="submit" weight="primary">
          <Trans>Show</Trans>
        </Button>
      </form>
      <List
        name="audit"
        label={t`Audit`}
        columns={columns()}
        filter={filter}
        cursor={cursor}
        ask={(page) => listAudit({ query: { ...filter, ...page } })}
        empty={
          <Empty>
            <Trans>No entries match.</Trans>
          </Empty>
        }
      />
    </Page>
  );
}

function columns(): Column<Entry>[] {
  return [
    { id: 'at', header: <Trans>When</Trans>, text: ({ at }) => at, cell: ({ at }) => <Time at={at} /> },
    { id: 'actor', header: <Trans>Actor</Trans>, text: ({ actor }) => actor },
    { id: 'action', header: <Trans>Action</Trans>, text: ({ action }) => action },
    {
      id: 'object',
      header: <Trans>Object</Trans>,
      text: ({ object }) => object,
      cell: ({ object }) => <OfObject id={object} />,
    },
    {
      id: 'changes',
      header: <Trans>Change</Trans>,
      text: (entry) =>
        changesOf(entry)
          .map(({ field, before, after }) => `${field}: ${before} → ${after}`)
          .join('; '),
      cell: (entry) => <Changes of={entry} />,
    },
    { id: 'session', header: <Trans>Session</Trans>, text: ({ session }) => session ?? '' },
    { id: 'address', header: <Trans>Address</Trans>, text: ({ address }) => address ?? '' },
    { id: 'trace_id', header: <Trans>Trace id</Trans>, text: (entry) => entry.trace_id },
  ];
}

function Changes({ of }: { of: Entry }) {
  if (of.asked === null) {
    return (
      <span className="text-quiet">
        <Trans>erased</Trans>
      </span>
    );
  }
  return (
    <ul className="grid max-w-96 min-w-48 gap-0.5 break-words">
      {changesOf(of).map(({ field, before, after }) => (
        <li key={field}>
          <span className="text-quiet">{field}:</span> {before} → {after}
        </li>
      ))}
    </ul>
  );
}

function OfObject({ id }: { id: string }) {
  return id.startsWith('cus_') && !id.includes(' ') ? (
    <Link
      to="/customers/$customer"
      params={{ customer: id }}
      className="break-all text-accent hover:underline"
    >
      {id}
    </Link>
  ) : (
    <span className="break-all">{id}</span>
  );
}
