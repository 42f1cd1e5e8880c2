'use client';

import { Button, LinkButton } from '@/components/ui/button';
import { ErrorState } from '@/components/ui/error-state';

/** What a page shows that could not be made. The digest finds the failure in the server's log; nothing else of it gets here. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main id="main" className="mx-auto w-full max-w-page px-5 pt-12 text-body sm:pt-20">
      <ErrorState
        chip="Could not be shown"
        title="This page could not be shown"
        heading="h1"
        actions={
          <>
            <Button onClick={reset}>Try again</Button>
            <LinkButton kind="bare" href="/">
              Go to the first page
            </LinkButton>
          </>
        }
      >
        Something went wrong on our side while making this page. Try again to see where things stand.
        {error.digest && ` If you write to us, give the reference ${error.digest}.`}
      </ErrorState>
    </main>
  );
}
