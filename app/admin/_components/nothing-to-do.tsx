import { Stems } from '@/components/stems';

/** No task: what will stand here when there is one. */
export function NothingToDo() {
  return (
    <section aria-label="What needs a person" className="border-t border-line pt-4">
      <p className="max-w-[36rem] text-muted">
        All of it runs by itself. What needs a decision of yours will stand here: charges whose outcome is unknown,
        subscriptions to hand over, webhooks that could not be applied.
      </p>
      <div className="mt-6 h-34 overflow-hidden border-b border-line sm:aspect-[62/13] sm:h-auto">
        <Stems size="short" />
      </div>
    </section>
  );
}
