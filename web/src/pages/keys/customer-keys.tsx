// The keys of one customer, on the customer's page.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listKeys } from '../../api/operations.ts';
import { Empty, Loading, Panel } from '../../ui/layout.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Table } from '../../ui/table.tsx';
import { IssueKey } from './issue-key.tsx';
import { useKeyColumns } from './key-columns.tsx';

export function CustomerKeys({ customer: { id, name } }: { customer: { id: string; name: string } }) {
  const { t } = useLingui();
  const columns = useKeyColumns().filter(({ id: column }) => !column.startsWith('customer'));
  const { data, error } = useQuery({
    queryKey: ['keys-of', id],
    queryFn: () => listKeys({ query: { customer: id, limit: 50 } }),
  });
  return (
    <Panel title={<Trans>Keys</Trans>} actions={<IssueKey customer={id} name={name} />}>
      <ProblemNote error={error} />
      {data === undefined ? (
        <Loading />
      ) : data.items.length === 0 ? (
        <Empty>
          <Trans>No key yet. Issue one: with it the customer's programs use RunComfy's routes here.</Trans>
        </Empty>
      ) : (
        <Table label={t`Keys`} columns={columns} rows={data.items} file={`keys-${id}.csv`} />
      )}
      {data?.next_cursor === null || data === undefined ? null : (
        <Link to="/keys" search={{ customer: id }} className="text-accent underline">
          <Trans>All keys of {name}</Trans>
        </Link>
      )}
    </Panel>
  );
}
