// GET /v1/models, /v1/models/categories and /v1/models/{model_id}. A single entry always has its schema, a list only on
// request. `total` counts all entries that pass the filters.
import { REFUSALS, refuse } from '../answers.ts';
import type { ModelEntry } from '../catalogue/model.ts';
import { serve } from '../serve.ts';
import type { Simulation } from '../simulation.ts';
import { isYes } from '../spelling.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

export function listModels(sim: Simulation, request: Request): Promise<Response> {
  return serve(sim, { endpoint: 'models', request }, () => {
    const query = new URL(request.url).searchParams;
    const found = [...sim.models.values()]
      .map((model) => model.entry)
      .filter((entry) => matches(entry, query));
    const limit = Math.min(countOf(query.get('limit'), DEFAULT_LIMIT), MAX_LIMIT);
    const offset = countOf(query.get('offset'), 0);
    const page = found.slice(offset, offset + limit);
    const models = isYes(query.get('include_schema')) ? page : page.map(withoutSchema);
    return Response.json({ models, total: found.length, limit, offset });
  });
}

export function listCategories(sim: Simulation, request: Request): Promise<Response> {
  return serve(sim, { endpoint: 'models', request }, () => {
    const categories = new Set([...sim.models.values()].flatMap((model) => model.entry.categories));
    return Response.json({ categories: [...categories].toSorted() });
  });
}

export function getModel(sim: Simulation, request: Request, modelId: string): Promise<Response> {
  return serve(sim, { endpoint: 'models', request }, () => {
    const model = sim.models.get(modelId);
    return model ? Response.json(model.entry) : refuse(REFUSALS.unknownModel);
  });
}

function matches(entry: ModelEntry, query: URLSearchParams): boolean {
  const search = query.get('search')?.toLowerCase() ?? '';
  const category = query.get('category');
  const kind = query.get('kind');
  const text = `${entry.model_id} ${entry.display_name} ${entry.description}`.toLowerCase();
  return (
    text.includes(search) &&
    (category === null || entry.categories.includes(category)) &&
    (kind === null || entry.kind === kind)
  );
}

function countOf(text: string | null, otherwise: number): number {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : otherwise;
}

function withoutSchema({ input_schema: _schema, ...entry }: ModelEntry): Omit<ModelEntry, 'input_schema'> {
  return entry;
}
