// Limits as a form: one field for each limit, empty for no limit. Only changes are sent; null removes a limit.

import { useLingui } from '@lingui/react/macro';
import type { Limits } from '../../../openapi.d.ts';
import { Field } from './field.tsx';

/** The label of each limit. A new limit without a label does not compile. Names of money limits end in _usd. */
export function useLimitNames(): Record<string, string> {
  const { t } = useLingui();
  return {
    requests_per_minute: t`Requests per minute`,
    requests_per_day: t`Requests per day`,
    requests_per_week: t`Requests per week`,
    requests_per_month: t`Requests per month`,
    requests_total: t`Requests in total`,
    max_concurrent: t`Jobs at once`,
    spend_per_day_usd: t`USD per day`,
    spend_per_week_usd: t`USD per week`,
    spend_per_month_usd: t`USD per month`,
    spend_total_usd: t`USD in total`,
    tokens_per_minute: t`Browser tokens per minute`,
    files_bytes: t`Bytes of files`,
  } satisfies Record<keyof Limits, string>;
}

export function LimitFields({
  limits,
  legend,
  path = 'limits',
  errors,
}: {
  limits: Limits;
  /** Explains an empty field if it does not mean "no limit". */
  legend?: string;
  /** The path of the limits in the body, by which errors are found. */
  path?: string;
  errors?: Map<string, string> | undefined;
}) {
  const { t } = useLingui();
  const names = useLimitNames();
  const set: Record<string, number | undefined> = { ...limits };
  return (
    <fieldset className="grid gap-3 sm:grid-cols-2">
      <legend className="mb-2 font-medium">{legend ?? t`Limits (empty: no limit)`}</legend>
      {Object.entries(names).map(([name, label]) => (
        <Field
          key={name}
          label={label}
          name={`limits.${name}`}
          type="number"
          min="0"
          step={name.endsWith('_usd') ? '0.000001' : '1'}
          defaultValue={set[name]}
          error={errors?.get(`${path}.${name}`)}
        />
      ))}
    </fieldset>
  );
}

/** Limits in one line, by their labels in `names` or else by their API names. */
export function limitsText(limits: Limits, names: Record<string, string> = {}): string {
  const set: Record<string, number> = { ...limits };
  return Object.entries(set)
    .map(([name, max]) => `${names[name] ?? name}: ${max}`)
    .join(', ');
}

/** The patch that turns `before` into what the form says. */
export function limitsPatch(form: FormData, before: Limits): Record<string, number | null> {
  const set: Record<string, number | undefined> = { ...before };
  const patch: Record<string, number | null> = {};
  for (const [field, value] of form) {
    const [, name] = /^limits\.(\w+)$/.exec(field) ?? [];
    if (name !== undefined && typeof value === 'string') {
      const after = value.trim() === '' ? null : Number(value);
      if (after !== (set[name] ?? null)) {
        patch[name] = after;
      }
    }
  }
  return patch;
}
