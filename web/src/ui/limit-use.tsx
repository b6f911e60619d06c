// Each limit with its use and the time of its reset.

import { Trans, useLingui } from '@lingui/react/macro';
import type { AnswerOf } from '../api/client.ts';
import { count, usd } from './format.ts';
import { Bar, Time } from './layout.tsx';
import { useLimitNames } from './limit-fields.tsx';

type Props = { limits: AnswerOf<'getCustomerLimits'>['limits']; isBrief?: boolean };

/** `isBrief` leaves out the time of the reset. */
export function LimitUse({ limits, isBrief = false }: Props) {
  const { t } = useLingui();
  const names = useLimitNames();
  if (limits.length === 0) {
    return (
      <p className="text-quiet">
        <Trans>No limit is set.</Trans>
      </p>
    );
  }
  return (
    <ul className="grid gap-3">
      {limits.map(({ name, used, max, resets_at: resetsAt }) => {
        const show = name.endsWith('_usd') ? usd : count;
        const label = names[name] ?? name;
        return (
          <li key={name} className="grid gap-1">
            <div className="flex flex-wrap justify-between gap-x-4">
              <span>{label}</span>
              <span className="tabular-nums">
                <Trans>
                  {show(used)} of {show(max)}
                </Trans>
              </span>
            </div>
            <Bar used={used} max={max} label={t`${label}: ${show(used)} of ${show(max)} used`} />
            {resetsAt === undefined || isBrief ? null : (
              <span className="text-xs text-quiet">
                <Trans>
                  Resets <Time at={resetsAt} />
                </Trans>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
