// The largest customers or models by charge, and the sum of all others.

import { Plural, Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { usd } from '../../ui/format.ts';
import { Bar, Panel } from '../../ui/layout.tsx';

type Row = { id: string | null; name: string | null; jobs: number; charged_usd: number; margin_usd: number };
type Props = { title: ReactNode; rows: Row[]; to: '/customers/$customer' | '/model/$' };

export function Shares({ title, rows, to }: Props) {
  const largest = Math.max(0, ...rows.map(({ charged_usd }) => charged_usd));
  return (
    <Panel title={title}>
      <ul className="grid gap-3">
        {rows.map((row) => (
          <li key={row.id ?? ''} className="grid gap-1">
            <div className="flex flex-wrap justify-between gap-x-4">
              <Name row={row} to={to} />
              <span className="tabular-nums">
                {usd(row.charged_usd)}{' '}
                <span className="text-quiet">
                  <Plural value={row.jobs} one="# job" other="# jobs" />,{' '}
                  <Trans>margin {usd(row.margin_usd)}</Trans>
                </span>
              </span>
            </div>
            <Bar used={row.charged_usd} max={largest || 1} tone="plain" label="" />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Name({ row: { id, name }, to }: { row: Row; to: Props['to'] }) {
  if (id === null) {
    return (
      <span className="text-quiet">
        <Trans>all others</Trans>
      </span>
    );
  }
  const look = 'min-w-0 break-all text-accent hover:underline';
  return to === '/model/$' ? (
    <Link to="/model/$" params={{ _splat: id }} className={look}>
      {name}
    </Link>
  ) : (
    <Link to="/customers/$customer" params={{ customer: id }} className={look}>
      {name}
    </Link>
  );
}
