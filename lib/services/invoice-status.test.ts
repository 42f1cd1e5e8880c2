import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('one function writes the status of an invoice', () => {
  const writers = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
    .filter((file) =>
      /update\(invoices\)\s*\.set\(\{[^}]*\bstatus\b/.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
    );
  expect(writers).toEqual(['invoice-status.ts']);
});
