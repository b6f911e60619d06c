// The document of the customers' API: the part of openapi.json that needs no admin token. It is an asset and not a part
// of the Worker, which would parse it at each cold start and needs it for two calls alone.

import type document from '../../web/public/customers-openapi.json';

export type CustomersDocument = typeof document;

/** Throws when the assets were not deployed with the Worker. */
export async function readCustomersDocument(assets: Fetcher): Promise<CustomersDocument> {
  const answer = await assets.fetch('https://assets.local/customers-openapi.json');
  if (!answer.ok) {
    throw new Error(`The assets answered ${answer.status} for the document of the customers' API.`);
  }
  return answer.json<CustomersDocument>();
}
