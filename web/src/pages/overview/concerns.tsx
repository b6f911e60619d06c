// The concerns of the gateway, each with a link to the page that solves it.

import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { Badge } from '../../ui/layout.tsx';

const LINK = 'text-accent underline whitespace-nowrap';

/** The page that solves a concern. Some concerns are solved outside of the console. */
function Step({ code }: { code: string }) {
  switch (code) {
    case 'submits_off':
      return (
        <Link to="/settings" className={LINK}>
          <Trans>Switch submits on</Trans>
        </Link>
      );
    case 'jobs_unconfirmed':
    case 'customers_held_back':
      return (
        <Link to="/jobs" search={{ state: 'unconfirmed' }} className={LINK}>
          <Trans>Resolve the jobs</Trans>
        </Link>
      );
    case 'jobs_lost':
      return (
        <Link to="/jobs" search={{ state: 'lost' }} className={LINK}>
          <Trans>View the lost jobs</Trans>
        </Link>
      );
    case 'catalogue_held':
    case 'catalogue_failed':
      return (
        <Link to="/models" className={LINK}>
          <Trans>View the sync</Trans>
        </Link>
      );
    case 'balance_low':
    case 'balance_unknown':
    case 'account_no_balance':
    case 'account_bad_token':
    case 'account_unknown_outcomes':
      return (
        <Link to="/accounts" className={LINK}>
          <Trans>View the accounts</Trans>
        </Link>
      );
    default:
      return null;
  }
}

export function Concerns({ health }: { health: AnswerOf<'getHealth'> }) {
  if (health.concerns.length === 0) {
    return (
      <p role="status">
        <Badge tone="good">
          <Trans>No concerns</Trans>
        </Badge>
      </p>
    );
  }
  return (
    <div role="status">
      <ul className="grid gap-2">
        {health.concerns.map(({ code, detail }) => (
          <li
            key={code + detail}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 rounded-lg border border-warn bg-warn-soft px-4 py-2.5"
          >
            <span className="min-w-0 break-words">{detail}</span>
            <Step code={code} />
          </li>
        ))}
      </ul>
    </div>
  );
}
