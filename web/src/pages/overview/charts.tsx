// Charts of money, outcomes and durations by day. The default export is for lazy loading.

import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactElement, ReactNode } from 'react';
import {
  Bar,
  BarChart,
  CartesianGrid,
  Legend,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { AnswerOf } from '../../api/client.ts';
import { duration, usd } from '../../ui/format.ts';
import { Panel } from '../../ui/layout.tsx';

type Days = AnswerOf<'getOverview'>['days'];

const QUIET = 'var(--color-quiet)';
const TIP = {
  background: 'var(--color-panel)',
  border: '1px solid var(--color-line)',
  borderRadius: 6,
  color: 'var(--color-ink)',
};

const money = (amount: unknown) => (typeof amount === 'number' ? usd(amount) : '');
const time = (ms: unknown) => (typeof ms === 'number' ? duration(ms) : '');

export default function Charts({ days }: { days: Days }) {
  const { t } = useLingui();
  const axes = (show?: (value: number) => string) => [
    <CartesianGrid key="grid" stroke="var(--color-line)" vertical={false} />,
    <XAxis
      key="x"
      dataKey="day"
      stroke={QUIET}
      tickLine={false}
      fontSize={11}
      tickFormatter={shortDay}
      minTickGap={16}
    />,
    <YAxis
      key="y"
      stroke={QUIET}
      tickLine={false}
      axisLine={false}
      width={84}
      fontSize={11}
      {...(show === undefined ? { allowDecimals: false } : { tickFormatter: show })}
    />,
    <Legend key="legend" />,
  ];
  return (
    <div className="grid gap-5 xl:grid-cols-2">
      <Chart title={<Trans>Charged and cost by day</Trans>}>
        <BarChart data={days} accessibilityLayer>
          {axes(usd)}
          <Tooltip contentStyle={TIP} formatter={money} cursor={{ fill: 'var(--color-raised)' }} />
          <Bar dataKey="charged_usd" name={t`Charged`} fill="var(--color-c1)" isAnimationActive={false} />
          <Bar dataKey="cost_usd" name={t`Cost`} fill="var(--color-c3)" isAnimationActive={false} />
        </BarChart>
      </Chart>
      <Chart title={<Trans>Jobs by outcome</Trans>}>
        <BarChart data={days} accessibilityLayer>
          {axes()}
          <Tooltip contentStyle={TIP} cursor={{ fill: 'var(--color-raised)' }} />
          <Bar
            dataKey="succeeded"
            name={t`Succeeded`}
            stackId="end"
            fill="var(--color-c2)"
            isAnimationActive={false}
          />
          <Bar
            dataKey="failed"
            name={t`Failed`}
            stackId="end"
            fill="var(--color-c4)"
            isAnimationActive={false}
          />
          <Bar dataKey="cancelled" name={t`Cancelled`} stackId="end" fill={QUIET} isAnimationActive={false} />
          <Bar dataKey="lost" name={t`Lost`} stackId="end" fill="var(--color-c3)" isAnimationActive={false} />
        </BarChart>
      </Chart>
      <Chart isWide title={<Trans>From submit to result</Trans>}>
        <LineChart data={days} accessibilityLayer>
          {axes(duration)}
          <Tooltip contentStyle={TIP} formatter={time} />
          <Line
            dataKey="p50_ms"
            name={t`Median`}
            stroke="var(--color-c1)"
            strokeWidth={2}
            connectNulls
            isAnimationActive={false}
          />
          <Line
            dataKey="p95_ms"
            name={t`95th percentile`}
            stroke="var(--color-c3)"
            strokeWidth={2}
            connectNulls
            isAnimationActive={false}
          />
        </LineChart>
      </Chart>
    </div>
  );
}

type ChartProps = { title: ReactNode; isWide?: boolean; children: ReactElement };

function Chart({ title, isWide = false, children }: ChartProps) {
  return (
    <div className={isWide ? 'min-w-0 xl:col-span-2' : 'min-w-0'}>
      <Panel title={title}>
        <ResponsiveContainer width="100%" height={240}>
          {children}
        </ResponsiveContainer>
      </Panel>
    </div>
  );
}

/** 2026-11-28 → 11-28: the chart covers recent days only. */
function shortDay(day: string): string {
  return day.slice(5);
}
