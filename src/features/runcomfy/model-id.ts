// The form of RunComfy's model ids. Pure.

const SEGMENT = '[A-Za-z0-9_-][A-Za-z0-9_.-]*';
const MODEL_ID = new RegExp(`^${SEGMENT}(/${SEGMENT}){1,7}$`);
/** The end of the path of a model's document. */
const DOCUMENT = '/openapi.json';

const MODEL_PREFIX = new RegExp(`^${SEGMENT}(/${SEGMENT}){0,6}$`);

/** True if `text` can be the first segments of a model id. */
export function isModelPrefix(text: string): boolean {
  return text.length <= 200 && MODEL_PREFIX.test(text);
}

/**
 * True if `text` has the form of a model id: segments separated by slashes, none of which starts with a dot. The id
 * becomes part of an upstream URL, so characters with a meaning in URLs are refused. So is an id that ends like the path
 * of a model's document, which it would hide.
 */
export function isModelId(text: string): boolean {
  return text.length <= 200 && MODEL_ID.test(text) && !text.endsWith(DOCUMENT);
}
