import type { Reply } from '../http';
import { type MagicValue, magicValues } from '../magic-values';
import { html, type Markup } from '../markup';
import type { World } from '../world';
import { consolePage } from './layout';
import { copyButton, section, table } from './parts';

/** Every value that means something, to copy from. */
export function magicPage(world: World): Reply {
  const { emails, cards } = magicValues();
  return consolePage(world, {
    title: 'Magic values',
    current: '/console/magic-values',
    lead: 'An e-mail with a tag, such as ada+survey_fail@example.com, or a card number on the form. Tags may be combined; everything else behaves normally.',
    body: html`${section('emails', 'In the customer’s e-mail', magicTable('E-mail tags', emails))}
${section('cards', 'On the card form', magicTable('Card numbers', cards))}`,
  });
}

function magicTable(caption: string, values: readonly MagicValue[]): Markup {
  return table(
    { caption, columns: ['Value', 'What it does', { label: 'Section', from: 'md' }, '(Copy)'], empty: '' },
    values.map(
      ({
        value,
        what,
        section: part,
      }) => html`<tr><th scope="row" class="tight"><code>${value}</code></th><td>${what}</td><td class="from-md">${part}</td><td>${copyButton(value, 'Copy', `Copy ${value}`)}</td></tr>
`,
    ),
  );
}
