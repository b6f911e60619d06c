// A dialog with one form. The form keeps its values until the gateway accepts them, and shows errors beside the fields.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Refusal } from '../api/refusal.ts';
import { Button, type Weight } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ProblemNote } from './problem-note.tsx';

type Props<T> = {
  label: ReactNode;
  title: ReactNode;
  submit: ReactNode;
  weight?: Weight;
  send: (form: FormData) => Promise<T>;
  /** The fields; `errors` by the path of the member that is wrong. */
  children: (errors: Map<string, string> | undefined) => ReactNode;
  /** Replaces the form after success. If absent, the dialog closes. */
  done?: (answer: T) => ReactNode;
};

export function FormDialog<T>({ label, title, submit, weight, send, children, done }: Props<T>) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const sent = useMutation({
    mutationFn: send,
    onSuccess: async () => {
      if (done === undefined) {
        setOpen(false);
      }
      await client.invalidateQueries();
    },
  });
  const change = (isOpen: boolean) => {
    setOpen(isOpen);
    if (isOpen) {
      sent.reset();
    }
  };
  const errors = sent.error instanceof Refusal ? sent.error.errors : undefined;
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={title}
      trigger={{ label, ...(weight === undefined ? {} : { weight }) }}
    >
      {sent.data !== undefined && done !== undefined ? (
        done(sent.data)
      ) : (
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            sent.mutate(new FormData(event.currentTarget));
          }}
        >
          {children(errors)}
          <ProblemNote error={sent.error} />
          <Button type="submit" weight="primary" disabled={sent.isPending}>
            {submit}
          </Button>
        </form>
      )}
    </Dialog>
  );
}

/** A text field of a form; '' where it is absent. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
