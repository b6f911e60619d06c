// The findings of the last sync: price changes and removals that wait for approval, and models that cannot be sold.

import { Trans, useLingui } from '@lingui/react/macro';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { AnswerOf } from '../../api/client.ts';
import { getSync, syncModels } from '../../api/operations.ts';
import { useMayChange } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { Badge, Panel, Time } from '../../ui/layout.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { priceText } from './price-text.ts';
import { Unsold } from './unsold.tsx';

export type Report = NonNullable<AnswerOf<'getSync'>['last']>;

export function Sync() {
  const client = useQueryClient();
  const { data, error } = useQuery({ queryKey: ['sync'], queryFn: () => getSync({}) });
  const synced = useMutation({
    mutationFn: (accept: string[]) => syncModels({ body: { accept } }),
    onSettled: () => client.invalidateQueries(),
  });
  const report = data?.last ?? null;
  const mayChange = useMayChange();
  return (
    <Panel
      title={<Trans>Sync with RunComfy's catalogue</Trans>}
      actions={
        mayChange ? (
          <Button disabled={synced.isPending} onClick={() => synced.mutate([])}>
            {synced.isPending ? <Trans>Reading …</Trans> : <Trans>Sync now</Trans>}
          </Button>
        ) : undefined
      }
    >
      <ProblemNote error={error ?? synced.error} />
      {report === null ? (
        <p className="text-quiet">
          <Trans>The catalogue has not been read yet: built-in models have provisional prices.</Trans>
        </p>
      ) : (
        <>
          <p>
            {report.state === 'done' ? (
              <Badge tone="good">
                <Trans>done</Trans>
              </Badge>
            ) : (
              <Badge tone="bad">
                <Trans>failed</Trans>
              </Badge>
            )}{' '}
            <Trans>
              {report.models} models, <Time at={report.finished_at} />
            </Trans>{' '}
            {report.reason}
          </p>
          <Held report={report} isBusy={synced.isPending} accept={(ids) => synced.mutate(ids)} />
          <Unsold report={report} />
        </>
      )}
    </Panel>
  );
}

type HeldProps = { report: Report; isBusy: boolean; accept: (ids: string[]) => void };

function Held({ report, isBusy, accept }: HeldProps) {
  const { t } = useLingui();
  const mayChange = useMayChange();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const waiting = [...report.held.map(({ model_id: id }) => id), ...report.gone];
  if (waiting.length === 0) {
    return null;
  }
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) {
      next.add(id);
    }
    setChosen(next);
  };
  const row = (id: string, change: ReactNode) => (
    <li
      key={id}
      className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 border-b border-line py-2 last:border-0"
    >
      <input
        type="checkbox"
        disabled={!mayChange}
        aria-label={t`Accept ${id}`}
        className="mt-1 size-4"
        checked={chosen.has(id)}
        onChange={() => toggle(id)}
      />
      <div className="min-w-0">
        <p className="font-medium break-all">{id}</p>
        {change}
      </div>
    </li>
  );
  return (
    <section aria-label={t`Waiting for your approval`} className="rounded-md border border-warn p-3">
      <h3 className="font-medium">
        <Trans>Waiting for your approval</Trans>
      </h3>
      <ul>
        {report.held.map(({ model_id: id, price, new_price: next }) =>
          row(
            id,
            <p>
              <del className="text-bad">{price === null ? t`no price` : priceText(price)}</del>{' '}
              <ins className="text-good no-underline">→ {next === null ? t`no price` : priceText(next)}</ins>
            </p>,
          ),
        )}
        {report.gone.map((id) =>
          row(
            id,
            <p>
              <Trans>RunComfy no longer lists this model. If you accept, it is withdrawn.</Trans>
            </p>,
          ),
        )}
      </ul>
      <div className="mt-3 flex flex-wrap gap-2" hidden={!mayChange}>
        <Button weight="primary" disabled={isBusy || chosen.size === 0} onClick={() => accept([...chosen])}>
          <Trans>Accept {chosen.size}</Trans>
        </Button>
        <Button onClick={() => setChosen(new Set(waiting))}>
          <Trans>Choose all</Trans>
        </Button>
      </div>
    </section>
  );
}
