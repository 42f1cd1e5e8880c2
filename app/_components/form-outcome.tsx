import { Notice } from '@/components/ui/notice';
import type { FormState } from '@/lib/action';

const KINDS = { done: 'wait', refused: 'partial', failed: 'failed' } as const;

/** What came of a form, under it, read out when it appears. */
export function FormOutcome({ state }: { state: FormState }) {
  if (state.kind === 'idle' || state.message === undefined) return null;
  return (
    <div className="mt-4">
      <Notice kind={KINDS[state.kind]} announce>
        {state.message}
        {state.kind === 'failed' && <span className="block text-muted">Reference {state.reference}</span>}
      </Notice>
    </div>
  );
}
