// The keys of one customer, on the customer's page.

import { Trans, useLingui } from '@lingui/react/macro';
import { getRouteApi } from '@tanstack/react-router';
import { listKeys } from '../../api/operations.ts';
import { Empty, Panel } from '../../ui/layout.tsx';
import { List } from '../../ui/list.tsx';
import { IssueKey } from './issue-key.tsx';
import { useKeyColumns } from './key-columns.tsx';

const route = getRouteApi('/shell/customers/$customer');

export function CustomerKeys({ customer: { id, name } }: { customer: { id: string; name: string } }) {
  const { t } = useLingui();
  const columns = useKeyColumns().filter(({ id: column }) => !column.startsWith('customer'));
  const { keys: cursor, ...filter } = route.useSearch();
  return (
    <Panel title={<Trans>Keys</Trans>} actions={<IssueKey customer={id} name={name} />}>
      <List
        name={`keys-${id}`}
        label={t`Keys`}
        columns={columns}
        filter={filter}
        cursor={cursor}
        param="keys"
        isInPanel
        ask={(page) => listKeys({ query: { customer: id, ...page } })}
        empty={
          <Empty>
            <Trans>
              No keys yet. Issue one, so that the customer's programs can call RunComfy's routes on this
              gateway.
            </Trans>
          </Empty>
        }
      />
    </Panel>
  );
}
