// The client of this page. Its tokens come from the server of the page, which identifies the visitor.

import { createClient, type Client, type Credential } from 'comfygate';

type Minted = { gate: string; token: string; end_user: string };

export async function openSession(): Promise<Client> {
  const { gate, ...first } = await mint();
  let unused: Credential | null = first;
  return createClient({
    baseUrl: gate,
    credentials() {
      const credential = unused ?? mint();
      unused = null;
      return credential;
    },
  });
}

async function mint(): Promise<Minted> {
  const answer = await fetch('/example/token', { method: 'POST' });
  if (!answer.ok) {
    throw new Error('The server of this page could not get a token from the gateway.');
  }
  return answer.json();
}
