// The ids that RunComfy gives its models. Pure.

const SEGMENT = '[A-Za-z0-9_-][A-Za-z0-9_.-]*';
const MODEL_ID = new RegExp(`^${SEGMENT}(/${SEGMENT}){1,7}$`);
/** What stands behind an id in the path of its document. */
const DOCUMENT = '/openapi.json';

const MODEL_PREFIX = new RegExp(`^${SEGMENT}(/${SEGMENT}){0,6}$`);

/** Whether `text` can be the first segments of a model id. */
export function isModelPrefix(text: string): boolean {
  return text.length <= 200 && MODEL_PREFIX.test(text);
}

/**
 * Whether `text` has the shape of a model id: slash-separated segments, case-sensitive, no dot at the start of one.
 * The id becomes part of an upstream URL, so nothing that a URL would read otherwise passes. None ends like the path of
 * a document: the two could not be told apart.
 */
export function isModelId(text: string): boolean {
  return text.length <= 200 && MODEL_ID.test(text) && !text.endsWith(DOCUMENT);
}
