// A refusal in the words of the API, with the trace id for the log.

import { Trans } from '@lingui/react/macro';
import { Refusal } from '../api/refusal.ts';

export function ProblemNote({ error }: { error: Error | null }) {
  if (error === null) {
    return null;
  }
  return (
    <div role="alert" className="rounded-md border border-bad bg-bad-soft px-3 py-2">
      <p>
        {error instanceof TypeError ? <Trans>The console cannot reach the gateway.</Trans> : error.message}
      </p>
      {error instanceof Refusal && error.traceId !== null ? (
        <p className="mt-1 text-xs break-all text-quiet">
          <Trans>
            {error.code}, trace id <code>{error.traceId}</code>
          </Trans>
        </p>
      ) : null}
    </div>
  );
}
