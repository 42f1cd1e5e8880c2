/** `your HSA/FSA card ending 4417`, for the middle of a sentence; without the end where it is not known. */
export function cardWords(last4: string | null): string {
  return last4 === null ? 'your HSA/FSA card' : `your HSA/FSA card ending ${last4}`;
}

/** The same for the ordinary card that stands beside it. */
export function ordinaryCardWords(last4: string | null): string {
  return last4 === null ? 'your ordinary card' : `your ordinary card ending ${last4}`;
}
