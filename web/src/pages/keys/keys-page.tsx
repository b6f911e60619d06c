// The keys of all customers, and a search for the owner of a key.

import { Trans, useLingui } from '@lingui/react/macro';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AnswerOf } from '../../api/client.ts';
import { findKeyOwner, listKeys } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { count, usd } from '../../ui/format.ts';
import { Empty, Page, Panel } from '../../ui/layout.tsx';
import { BY_AGE, List } from '../../ui/list.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Table } from '../../ui/table.tsx';
import { named } from '../customers/names.ts';
import { useKeyColumns } from './key-columns.tsx';

const route = getRouteApi('/shell/keys');

function statusOf(text: string | undefined): { status?: 'active' | 'revoked' | 'expired' } {
  return text === 'active' || text === 'revoked' || text === 'expired' ? { status: text } : {};
}

export function KeysPage() {
  const { t } = useLingui();
  const columns = useKeyColumns();
  const go = route.useNavigate();
  const { cursor, ...filter } = route.useSearch();
  const { status, order, ...rest } = filter;
  return (
    <Page title={<Trans>Keys</Trans>}>
      <FindOwner />
      <form
        key={JSON.stringify(filter)}
        role="search"
        className="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-[1fr_1fr_1fr_1fr_auto]"
        action={(form: FormData) => {
          const entries = [...form].filter(([, value]) => typeof value === 'string' && value.trim() !== '');
          void go({ search: { ...(order === undefined ? {} : { order }), ...Object.fromEntries(entries) } });
        }}
      >
        <Field label={<Trans>Hint</Trans>} name="hint" defaultValue={filter.hint} placeholder="cg_abcde…" />
        <Field
          label={<Trans>Customer</Trans>}
          name="customer"
          defaultValue={filter.customer}
          placeholder="cus_…"
        />
        <Field label={<Trans>Id</Trans>} name="id" defaultValue={filter.id} placeholder="key_…" />
        <Select label={<Trans>State</Trans>} name="status" defaultValue={status ?? ''}>
          <option value="">{t`all`}</option>
          <option value="active">{t`active`}</option>
          <option value="revoked">{t`revoked`}</option>
          <option value="expired">{t`expired`}</option>
        </Select>
        <Button type="submit" weight="primary">
          <Trans>Show</Trans>
        </Button>
      </form>
      <List
        name="keys"
        label={t`Keys`}
        columns={columns}
        filter={filter}
        cursor={cursor}
        orders={BY_AGE}
        begins="oldest"
        ask={async (page) => named(await listKeys({ query: { ...rest, ...statusOf(status), ...page } }))}
        empty={
          <Empty>
            <Trans>
              No keys match. Issue keys on the page of a{' '}
              <Link to="/customers" className="text-accent underline">
                customer
              </Link>
              .
            </Trans>
          </Empty>
        }
      />
    </Page>
  );
}

function LastDay({ of: { jobs, spent_usd: spent, complete } }: { of: AnswerOf<'findKeyOwner'>['last_day'] }) {
  return (
    <p>
      {complete ? (
        <Trans>
          In the last 24 hours it submitted {count(jobs)} jobs for {usd(spent)}.
        </Trans>
      ) : (
        <Trans>
          In the last 24 hours it submitted more than {count(jobs)} jobs, the newest of them for {usd(spent)}.
        </Trans>
      )}
    </p>
  );
}

function FindOwner() {
  const { t } = useLingui();
  const columns = useKeyColumns();
  const [key, setKey] = useState('');
  const found = useMutation({ mutationFn: () => findKeyOwner({ body: { key: key.trim() } }) });
  const id = found.data?.id;
  // Refetched after a change of the key.
  const { data } = useQuery({
    queryKey: ['key', id],
    queryFn: async () => named(await listKeys({ query: id === undefined ? {} : { id } })),
    enabled: id !== undefined,
  });
  return (
    <Panel title={<Trans>Find the owner of a key</Trans>}>
      <form
        className="grid items-start gap-3 sm:grid-cols-[1fr_auto]"
        onSubmit={(event) => {
          event.preventDefault();
          found.mutate();
        }}
      >
        <Field
          label={<Trans>Key to look up</Trans>}
          hint={<Trans>comfygate compares only the hash and does not store the key.</Trans>}
          type="password"
          autoComplete="off"
          required
          placeholder="cg_…"
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <span className="grid sm:mt-6">
          <Button type="submit" disabled={found.isPending}>
            <Trans>Find</Trans>
          </Button>
        </span>
      </form>
      <ProblemNote error={found.error} />
      {found.data === undefined ? null : (
        <>
          <Table label={t`The key`} columns={columns} rows={data?.items ?? [found.data]} />
          <LastDay of={found.data.last_day} />
        </>
      )}
    </Panel>
  );
}
