import { notFound } from 'next/navigation';
import { AppError } from '@/lib/core/errors';
import { type Id, type IdKind, isId } from '@/lib/core/id';

/** An id from the address. Answers 404 where it does not have the shape of one. */
export function idFrom<K extends IdKind>(kind: K, text: string): Id<K> {
  return isId(kind, text) ? text : notFound();
}

/** Waits for a view. Answers 404 where the thing is not theirs or does not exist, which look the same. */
export async function orNotFound<T>(view: Promise<T>): Promise<T> {
  try {
    return await view;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  }
}
