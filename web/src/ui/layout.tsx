// The parts that every page is laid out with.

import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { day, instant } from './format.ts';

export function Page({
  title,
  actions,
  children,
}: {
  title: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="grid min-w-0 gap-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="min-w-0 text-xl font-semibold break-words">{title}</h1>
        {actions === undefined ? null : <div className="screen-only flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

export function Panel({
  title,
  actions,
  children,
}: {
  title: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="min-w-0 rounded-lg border border-line bg-panel">
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2.5">
        <h2 className="font-semibold">{title}</h2>
        {actions === undefined ? null : <div className="screen-only flex flex-wrap gap-2">{actions}</div>}
      </div>
      <div className="grid min-w-0 gap-3 p-4 [&>div[role=region]]:-mx-4 [&>div[role=region]:first-child]:-mt-4">
        {children}
      </div>
    </section>
  );
}

export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-2">{children}</dl>;
}

export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-quiet">{name}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}

/** A figure with its name; `tone` where it calls for attention. */
export function Stat({
  name,
  tone,
  note,
  children,
}: {
  name: ReactNode;
  tone?: 'bad';
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="rounded-lg border border-line bg-panel p-4">
      <dt className="text-quiet">{name}</dt>
      <dd className={`mt-1 text-xl font-semibold tabular-nums ${tone === 'bad' ? 'text-bad' : ''}`}>
        {children}
      </dd>
      {note === undefined ? null : <dd className="mt-0.5 text-xs text-quiet">{note}</dd>}
    </div>
  );
}

/** The text of an empty list: the first step to take. */
export function Empty({ children }: { children: ReactNode }) {
  return <div className="grid justify-items-start gap-3 p-6 text-quiet">{children}</div>;
}

export function Loading() {
  return (
    <p role="status" className="p-6 text-quiet">
      <Trans>Loading …</Trans>
    </p>
  );
}

/** `isDay` shows the date alone; the title has the time too. */
export function Time({ at, isDay = false }: { at: string | null; isDay?: boolean }) {
  return at === null ? (
    <span className="text-quiet">–</span>
  ) : (
    <time dateTime={at} title={at}>
      {isDay ? day(at) : instant(at)}
    </time>
  );
}

const TONES: Record<string, string> = {
  good: 'bg-good-soft text-good',
  bad: 'bg-bad-soft text-bad',
  warn: 'bg-warn-soft text-warn',
  info: 'bg-info-soft text-accent',
  quiet: 'bg-raised text-quiet',
};

/** The header of a column of buttons, for screen readers. */
export function Acts() {
  return (
    <span className="sr-only">
      <Trans>Actions</Trans>
    </span>
  );
}

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'quiet';

export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-block rounded px-1.5 py-0.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}

/** `plain` never warns. `label` is '' if the text beside the bar says the same. */
type BarProps = { used: number; max: number; label: string; tone?: 'plain' | 'warns' };

/** How much of something there is. */
export function Bar({ used, max, label, tone = 'warns' }: BarProps) {
  const share = max === 0 ? 1 : Math.min(1, used / max);
  const warning = share >= 1 ? 'fill-bad' : share >= 0.8 ? 'fill-warn' : 'fill-accent';
  return (
    <svg
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      className="h-1.5 w-full"
      {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      <rect width="100" height="4" className="fill-raised" />
      <rect width={100 * share} height="4" className={tone === 'plain' ? 'fill-accent' : warning} />
    </svg>
  );
}
