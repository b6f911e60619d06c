// Resolves a job with an unknown outcome.

import { Trans, useLingui } from '@lingui/react/macro';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { resolveJob } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { usd } from '../../ui/format.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Job } from './job-page.tsx';

type Verdict = 'upstream_id' | 'refused' | 'lost';

function isVerdict(text: string): text is Verdict {
  return text === 'upstream_id' || text === 'refused' || text === 'lost';
}

export function Resolve({ job }: { job: Job }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [verdict, setVerdict] = useState<Verdict>('upstream_id');
  const [upstreamId, setUpstreamId] = useState('');
  const resolved = useMutation({
    mutationFn: () =>
      resolveJob({
        params: { job: job.id },
        body: verdict === 'upstream_id' ? { upstream_id: upstreamId.trim() } : { outcome: verdict },
      }),
    onSuccess: async () => {
      setOpen(false);
      await client.invalidateQueries();
    },
  });
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={<Trans>Resolve the job</Trans>}
      trigger={{ label: <Trans>Resolve</Trans> }}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          resolved.mutate();
        }}
      >
        <p>
          <Trans>
            First look for the job in RunComfy's list of generations. It holds {usd(job.hold_usd)}.
          </Trans>
        </p>
        <Select
          label={<Trans>Outcome</Trans>}
          value={verdict}
          onChange={(event) => {
            if (isVerdict(event.target.value)) {
              setVerdict(event.target.value);
            }
          }}
        >
          <option value="upstream_id">{t`RunComfy accepted it, with this id`}</option>
          <option value="refused">{t`RunComfy never accepted it: release the hold and the request counts`}</option>
          <option value="lost">{t`Unknown: release the hold; RunComfy may have charged you`}</option>
        </Select>
        {verdict === 'upstream_id' ? (
          <Field
            label={<Trans>Id at RunComfy</Trans>}
            required
            value={upstreamId}
            onChange={(event) => setUpstreamId(event.target.value)}
          />
        ) : null}
        <ProblemNote error={resolved.error} />
        <Button type="submit" weight="primary" disabled={resolved.isPending}>
          <Trans>Resolve</Trans>
        </Button>
      </form>
    </Dialog>
  );
}
