// The document of the customer API: the part of openapi.json that needs no admin token. It is an asset: inside the
// Worker it would be parsed at each cold start, and only two calls need it.

import type document from '../../web/public/customers-openapi.json';

export type CustomersDocument = typeof document;

/** Throws if the assets were not deployed with the Worker. */
export async function readCustomersDocument(assets: Fetcher): Promise<CustomersDocument> {
  const answer = await assets.fetch('https://assets.local/customers-openapi.json');
  if (!answer.ok) {
    throw new Error(`The assets answered ${answer.status} for the document of the customers' API.`);
  }
  return answer.json<CustomersDocument>();
}
