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
  /** `edited` names the fields that the operator changed. */
  send: (form: FormData, edited: ReadonlySet<string>) => Promise<T>;
  /** The fields; `errors` by the path of the member that is wrong. */
  children: (errors: Map<string, string> | undefined) => ReactNode;
  /** Replaces the form after success. If absent, the dialog closes. */
  done?: (answer: T) => ReactNode;
};

type Filled = { form: FormData; edited: ReadonlySet<string> };

export function FormDialog<T>({ label, title, submit, weight, send, children, done }: Props<T>) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const sent = useMutation({
    mutationFn: ({ form, edited }: Filled) => send(form, edited),
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
            const form = event.currentTarget;
            sent.mutate({ form: new FormData(form), edited: editedIn(form) });
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

/** The items of a text field, separated by commas or spaces. */
export function listOf(form: FormData, name: string): string[] {
  return textOf(form, name)
    .split(/[\s,]+/)
    .filter((item) => item !== '');
}

/** The first error at the member or inside it. */
export function firstOf(errors: ReadonlyMap<string, string> | undefined, path: string): string | undefined {
  return [...(errors ?? [])].find(([at]) => at.startsWith(path))?.[1];
}

/** The names of the fields whose value differs from the one that the dialog opened with. */
function editedIn(form: HTMLFormElement): ReadonlySet<string> {
  const edited = new Set<string>();
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && field.value !== field.defaultValue) {
      edited.add(field.name);
    } else if (field instanceof HTMLSelectElement && !isAsOpened(field)) {
      edited.add(field.name);
    }
  }
  return edited;
}

function isAsOpened({ options, selectedIndex }: HTMLSelectElement): boolean {
  const opened = [...options].findIndex(({ defaultSelected }) => defaultSelected);
  return selectedIndex === Math.max(0, opened);
}

/** The edited members of a patch. A field that was left alone must not undo what a colleague has changed meanwhile. */
export function editedOnly<T extends object>(patch: T, edited: ReadonlySet<string>): Partial<T> {
  const kept: Partial<T> = { ...patch };
  for (const name in kept) {
    if (!edited.has(name)) {
      delete kept[name];
    }
  }
  return kept;
}
