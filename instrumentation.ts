/**
 * What Next prints of an error that a page threw would quote the query and its values. In production each becomes a line of
 * our own log instead, which has no field for them.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs' || process.env.NODE_ENV !== 'production') return;
  const { webRuntime } = await import('@/lib/runtime');
  console.error = (...values: unknown[]) => {
    webRuntime().log.error({
      event: 'web.error',
      error: values.find((value) => value instanceof Error) ?? 'not an Error',
    });
  };
}
