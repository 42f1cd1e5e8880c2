import type { FormEvent } from 'react';

/** For `onReset`: React empties a form after its action, one that was refused too. What was typed stays, to be mended. */
export function keepTyped(event: FormEvent): void {
  event.preventDefault();
}
