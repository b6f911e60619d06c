// Prices a job: the model's price times its seconds or its outputs, from the input, else from the schema's default. Other
// inputs do not change the price; as in RunComfy's catalogue, their influence is described only in prose.
import type { ModelEntry } from './catalogue/model.ts';

const FRAMES_PER_SECOND = 24;

export function priceOf(entry: ModelEntry, body: Record<string, unknown>): number {
  const base = entry.base_price_usd ?? 0;
  return Math.round(base * quantityOf(entry, body) * 1e6) / 1e6;
}

function quantityOf(entry: ModelEntry, body: Record<string, unknown>): number {
  switch (entry.price_unit) {
    case 'second':
      return secondsOf(entry, body);
    case 'minute':
      return secondsOf(entry, body) / 60;
    default:
      return outputsOf(entry, body);
  }
}

function secondsOf(entry: ModelEntry, body: Record<string, unknown>): number {
  const frames = numberIn('frames', entry, body);
  return frames ? Math.round(frames / FRAMES_PER_SECOND) : (numberIn('duration', entry, body) ?? 5);
}

export function outputsOf(entry: ModelEntry, body: Record<string, unknown>): number {
  return numberIn('num_images', entry, body) ?? 1;
}

function numberIn(name: string, entry: ModelEntry, body: Record<string, unknown>): number | undefined {
  const value = Number(body[name] ?? entry.input_schema.properties[name]?.default ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}
