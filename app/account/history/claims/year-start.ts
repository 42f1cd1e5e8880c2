import { isLocalDate, type LocalDate } from '@/lib/core/calendar';

/** The first day of a plan year as the address has it; null for what is no day of this century. */
export function yearStart(text: string | string[] | undefined): LocalDate | null {
  return typeof text === 'string' && text.startsWith('20') && isLocalDate(text) ? text : null;
}
