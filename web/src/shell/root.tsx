// The root of every page. The Content-Security-Policy allows no style elements, so Base UI adds none.

import { CSPProvider } from '@base-ui/react/csp-provider';
import { Outlet } from '@tanstack/react-router';

export function Root() {
  return (
    <CSPProvider disableStyleElements>
      <Outlet />
    </CSPProvider>
  );
}
