// Refunds a job, up to its charge. The Idempotency-Key of the call makes a second click book nothing.

import { Trans } from '@lingui/react/macro';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { bookCredit } from '../../api/operations.ts';
import { Refusal } from '../../api/refusal.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { usd } from '../../ui/format.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Job } from './job-page.tsx';

export function Refund({ job }: { job: Job }) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [once, setOnce] = useState(() => crypto.randomUUID());
  const left = Number(((job.charge_usd ?? 0) - job.adjusted_usd).toFixed(6));
  /** Null: as proposed. */
  const [amount, setAmount] = useState<string | null>(null);
  const proposed = amount ?? String(left);
  const [note, setNote] = useState('');
  const booked = useMutation({
    mutationFn: () =>
      bookCredit({
        params: { customer: job.customer },
        headers: { 'Idempotency-Key': once },
        body: { amount_usd: Number(proposed), note, job: job.id },
      }),
    onSuccess: async () => {
      setOpen(false);
      setAmount(null);
      setNote('');
      setOnce(crypto.randomUUID());
      await client.invalidateQueries();
    },
  });
  const errors = booked.error instanceof Refusal ? booked.error.errors : undefined;
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={<Trans>Refund the job</Trans>}
      trigger={{ label: <Trans>Refund</Trans> }}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          booked.mutate();
        }}
      >
        <p>
          <Trans>
            Charged: {usd(job.charge_usd ?? 0)}. You can refund up to {usd(left)}. The customer's balance
            rises by the refund, and the job keeps its charge.
          </Trans>
        </p>
        <Field
          label={<Trans>Amount in USD</Trans>}
          type="number"
          min="0.000001"
          max={left}
          step="0.000001"
          required
          value={proposed}
          onChange={(event) => setAmount(event.target.value)}
          error={errors?.get('amount_usd')}
        />
        <Field
          label={<Trans>Note</Trans>}
          required
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          error={errors?.get('note')}
        />
        <ProblemNote error={booked.error} />
        <Button type="submit" weight="primary" disabled={booked.isPending}>
          <Trans>Book the refund</Trans>
        </Button>
      </form>
    </Dialog>
  );
}
