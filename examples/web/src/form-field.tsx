// One input of the model, by its kind.

import { useId } from 'react';
import type { Field } from './fields.ts';
import { NoteOf, type FieldProps } from './field-note.tsx';
import { FileField } from './file-field.tsx';

const INPUT =
  'w-full min-w-0 rounded-xl border border-field bg-panel px-3.5 py-2.5 placeholder:text-quiet aria-invalid:border-bad';

export function FormField(props: FieldProps) {
  const { field, value, mistake, onChange } = props;
  const note = useId();
  if (field.kind === 'file') {
    return <FileField {...props} field={field} />;
  }
  const common = {
    name: field.name,
    'aria-invalid': mistake !== undefined,
    'aria-describedby': note,
    'aria-required': field.isRequired,
  };
  if (field.kind === 'choice') {
    return (
      <fieldset aria-describedby={note}>
        <legend className="mb-2 font-medium">{field.label}</legend>
        <Choices {...props} field={field} />
        <div className="mt-2">
          <NoteOf id={note} hint={field.hint} mistake={mistake} />
        </div>
      </fieldset>
    );
  }
  return (
    <label className="grid gap-1.5">
      <span className="font-medium">{field.label}</span>
      {field.kind === 'switch' ? (
        <input
          {...common}
          type="checkbox"
          checked={value === true}
          onChange={({ target }) => onChange(target.checked)}
          className="size-5 accent-accent"
        />
      ) : field.kind === 'number' ? (
        <input
          {...common}
          type="number"
          min={field.min}
          max={field.max}
          step={field.step}
          value={typeof value === 'number' ? value : ''}
          onChange={({ target }) => onChange(target.value === '' ? '' : target.valueAsNumber)}
          className={INPUT}
        />
      ) : (
        <textarea
          {...common}
          rows={field.isRequired ? 3 : 1}
          maxLength={field.maxLength}
          placeholder={field.example}
          value={typeof value === 'string' ? value : ''}
          onChange={({ target }) => onChange(target.value)}
          className={`${INPUT} field-sizing-content resize-none ${field.isRequired ? 'min-h-20' : ''}`}
        />
      )}
      <NoteOf id={note} hint={field.hint} mistake={mistake} />
    </label>
  );
}

function Choices({ field, value, onChange }: FieldProps<Extract<Field, { kind: 'choice' }>>) {
  if (field.options.length > 6) {
    return (
      <select
        name={field.name}
        aria-label={field.label}
        value={typeof value === 'number' || typeof value === 'string' ? value : ''}
        onChange={({ target }) => onChange(field.options[target.selectedIndex])}
        className={INPUT}
      >
        {field.options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    );
  }
  return (
    <div className="flex flex-wrap gap-2">
      {field.options.map((option) => (
        <label
          key={option}
          className="cursor-pointer rounded-full border border-line px-3.5 py-1.5 hover:border-field has-checked:border-accent has-checked:bg-info-soft has-checked:font-medium has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={field.name}
            checked={option === value}
            onChange={() => onChange(option)}
            className="sr-only"
          />
          {option}
        </label>
      ))}
    </div>
  );
}
