import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseSync, type TemplateElement, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

// What customers read, wherever it is written: pages, mail, documents and the words of core (truemed-api.md section 12,
// mockups/README.md "Words", product.md section 3, point 12). The tables of words have tests of their own beside them.

const READ_BY_CUSTOMERS =
  /^(app\/(account|\(public\)|go|_components|_page)\/|app\/[^/]+\.tsx$|components\/|lib\/mail\/|lib\/documents\/|lib\/core\/[^/]*(words|labels|receipt|claim-pack)[^/]*\.ts$)/;
const NOT_COPY = /\.test\.tsx?$|^components\/(gallery|staff-shell|ui\/icon-shapes)/;

/** What is never said to a customer, and why. */
const NEVER: readonly (readonly [RegExp, string])[] = [
  [/\bapproved\b/i, 'nobody promises a letter'],
  [/\bguarante/i, 'nothing is promised'],
  [/\bdoctor/i, 'it is an independent licensed practitioner'],
  [/\bquick(ly)?\b|\bbrief\b|\ba few questions\b/i, 'the health survey is not made small'],
  [/\bfree\b/i, 'the service is part of the price'],
  [/\bdiscounts?\b/i, 'HSA/FSA money is no discount'],
  [/\binstant(ly)?\b/i, 'no time is promised that nothing stands behind'],
  [/\b(is|are) eligible\b/i, 'it may be eligible, if they qualify'],
  [/\buse your HSA\/FSA dollars\b/i, 'it is conditional'],
  [/\bsavings\b|\bsav(e|ing) (up to|\$|\d)/i, 'no saving is promised'],
  [/\b(everyone|everybody) qualifies\b/i, 'not everybody does'],
  [/\b(diagnos(is|ed)|symptoms?)\b/i, 'nothing is said about health'],
  [/\bTruMed\b|\bTrue Med\b|\bTrueMed\b/, 'Truemed is written as a word'],
];

/** A text that a reader may see: it has a space or begins as a sentence does. Names of classes, keys and paths do not. */
function isCopy(text: string): boolean {
  return (
    /^[A-Z][a-z]+|[a-z’] [a-zA-Z]|[.!?]$/.test(text.trim()) && !/^[a-z0-9-]+(\s+[a-z0-9:[\]/.%_-]+)*$/.test(text.trim())
  );
}

/** Every text in a file: strings, the fixed parts of templates, and what stands between tags. */
function textsOf(path: string, source: string): string[] {
  const { program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path} cannot be read.`);
  const found: string[] = [];
  const onText = ({ value }: { value: unknown }) => {
    if (typeof value === 'string') found.push(value.replace(/\s+/g, ' ').trim());
  };
  const onTemplate = ({ value }: TemplateElement) => void found.push(value.cooked ?? value.raw);
  new Visitor({ Literal: onText, JSXText: onText, TemplateElement: onTemplate }).visit(program);
  return found.filter(isCopy);
}

function brokenIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    NEVER.filter(([words]) => words.test(text)).map(([, why]) => `${JSON.stringify(text)}: ${why}`),
  );
}

const files = execFileSync('git', ['ls-files', '-z', '*.ts', '*.tsx'], { encoding: 'utf8' })
  .split('\0')
  .filter((path) => READ_BY_CUSTOMERS.test(path) && !NOT_COPY.test(path));

describe('what customers read', () => {
  it('promises nothing, and says nothing about health, on any page, in any mail and document', () => {
    const texts = files.map((path) => [path, textsOf(path, readFileSync(path, 'utf8'))] as const);
    expect(texts.flatMap(([, list]) => list).length).toBeGreaterThan(500);
    expect(texts.flatMap(([path, list]) => brokenIn(list).map((found) => `${path}: ${found}`))).toEqual([]);
  });

  it.each([
    ["export const A = 'You are approved for this order.';", 'nobody promises a letter'],
    ['export const A = `It is eligible, so you save 30% now.`;', 'it may be eligible'],
    ['export const A = () => <p className="mt-2">A quick\n survey with our doctor</p>;', 'not made small'],
    ["export const A = { title: 'Get it free' };", 'part of the price'],
  ])('is found where it is written in %s', (source, why) => {
    expect(brokenIn(textsOf('app/account/x.tsx', source)).join('\n')).toContain(why);
  });

  it('is not what a class, a key or a path is called', () => {
    const source = "export const A = ['discount', 'free quick-form', '/account/free', 'mt-2 text-instant'];";
    expect(brokenIn(textsOf('app/account/x.tsx', source))).toEqual([]);
  });
});
