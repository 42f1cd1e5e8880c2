import { ReadinessLine } from '@/components/readiness-line';
import { Icon } from '@/components/ui/icon';
import { type ReadinessInput, readinessFacts, readinessSentence } from '@/lib/core/readiness';

/** The readiness line with the sentence that says the same. `isOurs`: we charge this one, so a letter that we do not know is worth a word. */
export function Readiness({ input, isOurs }: { input: ReadinessInput; isOurs: boolean }) {
  const { line, verdict } = readinessFacts(input);
  const sentence = readinessSentence(input);
  const isReady = verdict === 'ready';
  return (
    <>
      <div className="mt-8 sm:mt-9">
        <ReadinessLine {...line} />
      </div>
      {sentence !== null && (
        <p className="mt-2 flex items-start gap-2.5">
          <span className={`mt-1 ${isReady ? 'text-success' : 'text-warning'}`}>
            <Icon name={isReady ? 'circle-check' : 'triangle-alert'} size={5} />
          </span>
          <span>
            <strong className="font-semibold">{sentence.strong}</strong> {sentence.text}
          </span>
        </p>
      )}
      {verdict === 'no_letter' && isOurs && (
        <p className="mt-2 text-muted">
          Truemed names no day on which your letter ends. If it needs something from you before a charge, we write to
          you, and nothing is charged until then.
        </p>
      )}
    </>
  );
}
