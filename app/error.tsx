'use client';

import { Button, LinkButton } from '@/components/ui/button';
import { ErrorState } from '@/components/ui/error-state';

/**
 * What a page shows that could not be made. The digest finds the failure in the server's log; nothing else of it gets here.
 * Another try asks for the whole page again: what failed was made on the server.
 */
export default function PageError({ error }: { error: Error & { digest?: string } }) {
  return (
    <main id="main" className="mx-auto w-full max-w-page px-5 pt-12 pb-16 text-body sm:pt-20">
      <ErrorState
        chip="Could not be shown"
        title="This page could not be shown"
        heading="h1"
        actions={
          <>
            <Button wide onClick={() => window.location.reload()}>
              Try again
            </Button>
            <LinkButton kind="bare" href="/" wide>
              Go to the first page
            </LinkButton>
          </>
        }
      >
        <p>
          Something went wrong on our side while making this page.{' '}
          <strong className="font-semibold text-base-content">
            Looking at a page charges nothing and changes nothing.
          </strong>{' '}
          Try again to see where things stand; if it still fails, come back in a few minutes.
        </p>
        {error.digest && (
          <p className="mt-3 text-small">
            If you write to us, give the reference{' '}
            <span className="whitespace-nowrap text-base-content">{error.digest}</span>.
          </p>
        )}
      </ErrorState>
    </main>
  );
}
