// A field for files from disk: chosen or dropped files are uploaded immediately, and the model gets their URLs.

import type { Client } from 'comfygate';
import { useEffect, useId, useRef, useState, type DragEvent } from 'react';
import type { Field } from './fields.ts';
import { NoteOf, type FieldProps } from './field-note.tsx';
import { Note } from './note.tsx';

type FileFieldProps = FieldProps<Extract<Field, { kind: 'file' }>>;
type Upload = { name: string; share: number };

export function FileField({ client, field, value, mistake, onChange }: FileFieldProps) {
  const note = useId();
  const [upload, setUpload] = useState<Upload | null>(null);
  const [error, setError] = useState<unknown>(null);
  const urls = [value].flat().filter((url): url is string => typeof url === 'string' && url !== '');

  const running = useRef<AbortController | null>(null);
  // Another model has other fields: an upload that ended later would fill a field that is gone.
  useEffect(() => () => running.current?.abort(), []);

  /** A later choice replaces one that is still being uploaded. */
  async function take(files: Iterable<File>): Promise<void> {
    running.current?.abort();
    running.current = new AbortController();
    const { signal } = running.current;
    setError(null);
    const ended = await uploadAll(client, [...files].slice(0, field.max), { signal, tell: setUpload }).then(
      (added) => ({ added, failure: null }),
      (failure: unknown) => ({ added: [], failure }),
    );
    if (signal.aborted) {
      return;
    }
    setUpload(null);
    if (ended.failure === null) {
      const kept = field.max === 1 ? ended.added : [...urls, ...ended.added].slice(-field.max);
      onChange(field.isList ? kept : kept[0]);
    } else {
      setError(ended.failure);
    }
  }

  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files);
  };
  return (
    <div className="grid gap-1.5">
      <span className="font-medium">{field.label}</span>
      <label
        onDragOver={(event) => event.preventDefault()}
        onDrop={drop}
        className="relative grid min-h-32 cursor-pointer place-items-center overflow-hidden rounded-xl border border-dashed border-field bg-raised text-center hover:border-accent has-focus-visible:outline-2 has-focus-visible:outline-accent"
      >
        <input
          type="file"
          name={field.name}
          aria-label={`${field.label}: choose a file`}
          aria-describedby={note}
          aria-invalid={mistake !== undefined}
          accept={field.accept}
          multiple={field.max > 1}
          onChange={({ target }) => void take(target.files ?? [])}
          className="sr-only"
        />
        {urls.length === 0 ? (
          <Invitation accept={field.accept} />
        ) : (
          <Chosen urls={urls} accept={field.accept} />
        )}
        {upload === null ? null : <Sending upload={upload} />}
      </label>
      <NoteOf id={note} hint={field.hint} mistake={mistake} />
      {error === null ? null : <Note error={error} />}
    </div>
  );
}

/** Uploads one file after the other, so that their order stays. */
type Told = { signal: AbortSignal; tell: (upload: Upload) => void };

async function uploadAll(client: Client, files: File[], { signal, tell }: Told): Promise<string[]> {
  const urls: string[] = [];
  for (const file of files) {
    const { name } = file;
    tell({ name, share: 0 });
    const onProgress = ({ sent, total }: { sent: number; total: number }) =>
      tell({ name, share: sent / total });
    urls.push((await client.upload(file, { signal, onProgress })).url);
  }
  return urls;
}

function Invitation({ accept }: { accept: string }) {
  const what = { 'image/*': 'A picture', 'video/*': 'A video', 'audio/*': 'A sound' }[accept] ?? 'A file';
  return (
    <span className="px-4 py-6 text-quiet">
      <span className="block font-medium text-ink">{what} from your disk</span>
      Drop it here or choose it
    </span>
  );
}

function Chosen({ urls, accept }: { urls: string[]; accept: string }) {
  return (
    <span className="flex w-full flex-wrap items-center gap-3 p-3 text-left">
      {urls.map((url) =>
        accept === 'image/*' ? (
          <img key={url} src={url} alt="The chosen file" className="h-24 rounded-lg object-cover shadow-sm" />
        ) : (
          <span key={url} className="truncate">
            {nameOf(url)}
          </span>
        ),
      )}
      <span className="grow text-quiet">
        <span className="block max-w-44 truncate font-medium text-ink">{nameOf(urls.at(-1) ?? '')}</span>
        Choose another
      </span>
    </span>
  );
}

const nameOf = (url: string) => decodeURIComponent(url.split('/').at(-1) ?? '');

function Sending({ upload: { name, share } }: { upload: Upload }) {
  return (
    <span className="absolute inset-0 grid place-items-center bg-raised/90 px-6">
      <span className="w-full">
        <span className="mb-2 block truncate">Uploading {name}</span>
        <progress
          aria-label={`Upload of ${name}`}
          value={share}
          max={1}
          className="h-2 w-full accent-accent"
        />
      </span>
    </span>
  );
}
