// The props of every field, and the line below a field: a hint or an error.

import type { Client } from 'comfygate';
import type { Field } from './fields.ts';

export type FieldProps<F extends Field = Field> = {
  client: Client;
  field: F;
  value: unknown;
  mistake: string | undefined;
  onChange: (value: unknown) => void;
};

export function NoteOf({ id, hint, mistake }: { id: string; hint: string; mistake: string | undefined }) {
  return (
    <span id={id} className={`block ${mistake === undefined ? 'text-xs text-quiet' : 'text-bad'}`}>
      {mistake ?? hint}
    </span>
  );
}
