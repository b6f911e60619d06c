// A labelled input with the error that the API reports for it.

import { useId, type ComponentProps, type ReactNode } from 'react';

export const INPUT = 'min-h-9 w-full min-w-0 rounded-md border border-field bg-panel px-2.5 py-1.5 text-ink';

type Labelled = { label: ReactNode; hint?: ReactNode; error?: string | undefined };

export function Field({ label, hint, error, ...rest }: Labelled & ComponentProps<'input'>) {
  const id = useId();
  const hasNote = hint !== undefined || error !== undefined;
  return (
    <label className="grid content-start gap-1">
      <span className="font-medium">{label}</span>
      <input
        {...rest}
        className={INPUT}
        aria-invalid={error !== undefined}
        aria-describedby={hasNote ? id : undefined}
      />
      {hasNote ? (
        <span id={id} className={error === undefined ? 'text-quiet' : 'text-bad'}>
          {error ?? hint}
        </span>
      ) : null}
    </label>
  );
}

export function Select({ label, hint, error, children, ...rest }: Labelled & ComponentProps<'select'>) {
  return (
    <label className="grid content-start gap-1">
      <span className="font-medium">{label}</span>
      <select {...rest} className={INPUT} aria-invalid={error !== undefined}>
        {children}
      </select>
      {error === undefined ? hint : <span className="text-bad">{error}</span>}
    </label>
  );
}
