// Asks before an action that is hard to undo: the dialog names the object and the consequences.

import { useState, type ReactNode } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ProblemNote } from './problem-note.tsx';

type Props = {
  label: ReactNode;
  title: ReactNode;
  /** The consequences, in sentences. */
  children: ReactNode;
  act: () => Promise<unknown>;
};

export function Confirm({ label, title, children, act }: Props) {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  const done = useMutation({
    mutationFn: act,
    onSuccess: async () => {
      setOpen(false);
      await client.invalidateQueries();
    },
  });
  const change = (isOpen: boolean) => {
    setOpen(isOpen);
    if (isOpen) {
      done.reset();
    }
  };
  return (
    <Dialog open={open} onOpenChange={change} title={title} trigger={{ label, weight: 'danger' }}>
      <div className="grid gap-4">
        <div className="grid gap-2">{children}</div>
        <ProblemNote error={done.error} />
        <div className="flex justify-end">
          <Button weight="danger" disabled={done.isPending} onClick={() => done.mutate()}>
            {label}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
