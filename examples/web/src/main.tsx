import './app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { Note } from './note.tsx';
import { openSession } from './session.ts';

const place = document.getElementById('root');
if (place !== null) {
  const root = createRoot(place);
  openSession().then(
    (client) =>
      root.render(
        <StrictMode>
          <App client={client} />
        </StrictMode>,
      ),
    (error: unknown) =>
      root.render(
        <main className="mx-auto max-w-xl p-6">
          <Note error={error} />
        </main>,
      ),
  );
}
