// Compares the books with the ledger.

import { Trans, useLingui } from '@lingui/react/macro';
import { useMutation } from '@tanstack/react-query';
import type { AnswerOf } from '../../api/client.ts';
import { checkLedger } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { Badge, Panel } from '../../ui/layout.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Table, type Column } from '../../ui/table.tsx';

type Difference = AnswerOf<'checkLedger'>['differences'][number];

export function LedgerCheck() {
  const { t } = useLingui();
  const checked = useMutation({ mutationFn: () => checkLedger({}) });
  const columns: Column<Difference>[] = [
    { id: 'what', header: <Trans>Kind</Trans>, text: ({ what }) => what },
    { id: 'subject', header: <Trans>Object</Trans>, text: ({ subject }) => subject },
    {
      id: 'stored',
      header: <Trans>Stored</Trans>,
      isNumber: true,
      text: ({ stored }) => String(stored ?? '–'),
    },
    {
      id: 'computed',
      header: <Trans>Computed</Trans>,
      isNumber: true,
      text: ({ computed }) => String(computed ?? '–'),
    },
  ];
  const differences = checked.data?.differences;
  return (
    <Panel
      title={<Trans>Ledger check</Trans>}
      actions={
        <Button disabled={checked.isPending} onClick={() => checked.mutate()}>
          {checked.isPending ? <Trans>Counting …</Trans> : <Trans>Check now</Trans>}
        </Button>
      }
    >
      <p className="text-quiet">
        <Trans>Recounts every balance and counter from the ledger. The check reads the whole ledger.</Trans>
      </p>
      <ProblemNote error={checked.error} />
      {differences === undefined ? null : differences.length === 0 ? (
        <p role="status">
          <Badge tone="good">
            <Trans>No differences: the books agree with the ledger</Trans>
          </Badge>
        </p>
      ) : (
        <Table label={t`Differences`} columns={columns} rows={differences} file="differences.csv" />
      )}
    </Panel>
  );
}
