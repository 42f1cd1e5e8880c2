/** The shape of an answer sheet while it comes; shown only after 300 ms. */
export function AnswerSheetSkeleton() {
  return (
    <div className="sheet appear-late p-6 sm:p-10" role="status" aria-busy="true" aria-label="Loading">
      <div className="skeleton h-4 w-32" />
      <div className="skeleton mt-3 h-9 w-4/5" />
      <div className="skeleton mt-3 h-4 w-3/5" />
      <div className="skeleton mt-8 h-3.5 w-full rounded-full" />
      <div className="mt-8 flex gap-2">
        <div className="skeleton h-11 w-40" />
        <div className="skeleton h-11 w-20" />
      </div>
    </div>
  );
}

const ROWS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** The shape of a list or a table while it comes: up to eight rows of 52 px. */
export function RowsSkeleton({ rows = 5 }: { rows?: number }) {
  return (
    <div className="appear-late border-t border-line" role="status" aria-busy="true" aria-label="Loading">
      {ROWS.slice(0, rows).map((row) => (
        <div key={row} className="flex h-13 items-center justify-between gap-6 border-b border-line">
          <div className="skeleton h-4 w-2/5" />
          <div className="skeleton h-4 w-20" />
        </div>
      ))}
    </div>
  );
}
