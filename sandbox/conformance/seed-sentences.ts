/**
 * The sentences of a page of Truemed's documents, as it was saved: without links, tags and marks of emphasis, each once.
 * A line, an element of a list and a heading count as sentences too.
 */
export function sentencesOf(page: string): string[] {
  const plain = page
    .replace(/```mermaid(.*?)```/gs, (_, diagram: string) => `\n${diagram.replace(/\s+/g, ' ')}\n`)
    .replace(/\]\([^)]*\)/g, ']')
    .replace(/<[^>]*?title="([^"]*)"[^>]*>/g, '\n$1\n')
    .replace(/<\/?[A-Z][^>]*>/g, '\n')
    .replace(/\s#+\s/g, '\n')
    .replace(/[*`[\]“”"]|(?<=\s)_|_(?=\s)/g, '')
    .replace(/’/g, "'")
    .replace(/(?<![a-z])e\.g\.?,? /g, 'eg ');
  const parts = plain.split(/\n|(?<=[.!?])\s+(?=[A-Z⚠-])|(?<=\S)\s+-\s+(?=\S)/);
  const sentences = parts.map((part) => part.replace(/\s+/g, ' ').replace(/^[\s.:-]+|[\s.:-]+$/g, ''));
  return [...new Set(sentences.filter((sentence) => sentence !== ''))];
}
