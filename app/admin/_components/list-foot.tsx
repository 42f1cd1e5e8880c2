import { TableFoot } from '@/components/ui/data-table';
import { QuietLink } from '@/components/ui/page-heading';

/** Under a list: how many stand here and in which order, the next page, and the way back to the first. */
export function ListFoot({
  count,
  order,
  nextHref,
  firstHref,
}: {
  count: number;
  order: string;
  nextHref: string | null;
  /** Given on every page but the first. */
  firstHref: string | null;
}) {
  return (
    <TableFoot {...(nextHref === null ? {} : { nextHref })}>
      <span className="num">{count}</span> on this page, {order}
      {firstHref !== null && (
        <>
          . <QuietLink href={firstHref}>Back to the first</QuietLink>
        </>
      )}
    </TableFoot>
  );
}

/** In place of a table without rows. */
export function NothingListed({ children }: { children: string }) {
  return <p className="mx-4 mt-4 border-t border-line pt-4 text-muted sm:mx-8 lg:mx-10">{children}</p>;
}
