/** An answer that the browser keeps as a file. It is the reader's alone, so nothing on the way may keep it. `fileName` is plain ASCII. */
export function document(
  body: Uint8Array<ArrayBuffer> | ReadableStream,
  { type, fileName }: { type: string; fileName: string },
): Response {
  return new Response(body, {
    headers: {
      'Content-Type': type,
      'Content-Disposition': `attachment; filename="${fileName}"`,
      'Cache-Control': 'no-store',
      'X-Robots-Tag': 'noindex',
    },
  });
}
