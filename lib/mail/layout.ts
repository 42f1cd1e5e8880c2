/** Words of a paragraph; `strong` is what the eye should find. */
export type Words = string | { strong: string };

/** The chip above the heading: status is icon, word and color (mockups/README.md, principle 3). */
export interface MailStatus {
  tone: 'ok' | 'attn' | 'bad';
  word: string;
}

/** What a template decides. All of it is plain text: the layout escapes it. */
export interface MailContent {
  subject: string;
  /** What a list of mails shows after the subject. */
  preview: string;
  status: MailStatus | null;
  heading: string;
  /** The customer's name; null where we do not know who reads. */
  name: string | null;
  paragraphs: readonly (readonly Words[])[];
  /** The one link, and a line under it where there is more to say. */
  button: { label: string; link: string; note: string | null };
  /** Term and value; the first value stands out. */
  rows: readonly (readonly [term: string, value: string])[];
  /** Why the reader gets this mail. */
  footer: string;
}

/** A mail without its recipient. */
export interface MailParts {
  subject: string;
  text: string;
  html: string;
}

/** Lays a mail out as text and as HTML with the same words (mockups/5-mail-action-needed.html). Throws on a link that is not http(s). */
export function layOutMail(merchantName: string, content: MailContent): MailParts {
  if (!/^https?:$/.test(new URL(content.button.link).protocol)) throw new Error('A mail links to http(s) only.');
  const tidy = { ...content, name: content.name === null ? null : oneLine(content.name) };
  return { subject: oneLine(content.subject), text: layOutText(tidy), html: layOutHtml(merchantName, tidy) };
}

/** Makes text safe inside an element and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? character);
}

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

// A name with line ends could add paragraphs to our mail, and one with direction marks could turn our words around.
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

function layOutText({ heading, name, paragraphs, button, rows, footer }: MailContent): string {
  const blocks = [
    heading,
    ...(name === null ? [] : [`Hello ${name},`]),
    ...paragraphs.map((words) => words.map((word) => (typeof word === 'string' ? word : word.strong)).join('')),
    `${button.label}:\n${button.link}`,
    ...(button.note === null ? [] : [button.note]),
    ...(rows.length === 0 ? [] : [rows.map(([term, value]) => `${term}: ${value}`).join('\n')]),
    footer,
  ];
  return `${blocks.join('\n\n')}\n`;
}

const TONES = {
  ok: { mark: '✓', style: 'background:#e1f1e1;color:#296038;' },
  attn: { mark: '!', style: 'background:#fdecca;color:#7f4e0f;' },
  bad: { mark: '×', style: 'background:#ffe6e1;color:#a12c25;' },
} satisfies Record<MailStatus['tone'], { mark: string; style: string }>;

const FONT = "font-family:'Hanken Grotesk',-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;";
const BODY = 'font-size:17px;line-height:27px;color:#112922;';
const CELL = 'border-top:1px solid #dfdcd4;font-size:15px;line-height:22px;';
const TABLE = 'role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"';

// What inline styles cannot say: narrow screens, and the dark.
const STYLE = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  @media (max-width: 480px) {
    .outer { padding: 20px 12px 32px !important; }
    .inner { padding: 28px 24px !important; }
    .h { font-size: 26px !important; }
  }
  @media (prefers-color-scheme: dark) {
    .paper { background: #0e1714 !important; }
    .sheet { background: #16211d !important; border-color: #2a3632 !important; }
    .ink { color: #eeece3 !important; }
    .soft { color: #aab2a8 !important; }
    .line { border-color: #2a3632 !important; }
    .btn td { background: #98d4b3 !important; }
    .btn a { color: #032018 !important; }
    .ok { background: #1c382b !important; color: #a2d6af !important; }
    .attn { background: #423118 !important; color: #edc67f !important; }
    .bad { background: #4c2622 !important; color: #f6a69a !important; }
  }`;

function layOutHtml(merchantName: string, content: MailContent): string {
  const { subject, preview, footer } = content;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(oneLine(subject))}</title>
<style>${STYLE}
</style>
</head>
<body class="paper" style="margin:0;padding:0;background:#f7f5ee;">
<div style="display:none;max-height:0;overflow:hidden;">${escapeHtml(preview)}</div>
<main>
<table ${TABLE} class="paper" style="background:#f7f5ee;">
<tr><td class="outer" align="center" style="padding:40px 20px 56px;">
<table ${TABLE} style="max-width:560px;text-align:left;overflow-wrap:anywhere;word-break:break-word;${FONT}">
<tr><td class="ink" style="padding:0 4px 18px;font-size:18px;line-height:24px;font-weight:700;letter-spacing:-0.3px;color:#112922;">${escapeHtml(merchantName)}</td></tr>
<tr><td class="sheet inner" style="padding:40px;background:#fefdfa;border:1px solid #dfdcd4;border-radius:18px;">
<table ${TABLE}>
${sheet(content).join('\n')}
</table>
</td></tr>
<tr><td class="soft" style="padding:22px 4px 0;font-size:13px;line-height:20px;color:#4c5d55;">${escapeHtml(footer)}</td></tr>
</table>
</td></tr>
</table>
</main>
</body>
</html>
`;
}

function sheet({ status, heading, name, paragraphs, button, rows }: MailContent): string[] {
  return [
    ...(status === null ? [] : [`<tr><td style="padding-bottom:16px;">${chip(status)}</td></tr>`]),
    `<tr><td><h1 class="ink h" style="margin:0;font-size:30px;line-height:1.15;font-weight:650;letter-spacing:-0.7px;color:#112922;">${escapeHtml(heading)}</h1></td></tr>`,
    ...(name === null ? [] : [paragraph([`Hello ${name},`], 18)]),
    ...paragraphs.map((words, index) => paragraph(words, index === 0 && name === null ? 18 : 12)),
    `<tr><td style="padding-top:26px;"><table ${TABLE} class="btn"><tr><td bgcolor="#125c43" align="center" style="border-radius:10px;background:#125c43;"><a href="${escapeHtml(button.link)}" style="display:block;padding:13px 22px;font-size:16px;line-height:20px;font-weight:600;color:#fcfbf5;text-align:center;text-decoration:none;">${escapeHtml(button.label)}</a></td></tr></table></td></tr>`,
    ...(button.note === null
      ? []
      : [
          `<tr><td class="soft" style="padding-top:12px;font-size:14px;line-height:21px;color:#4c5d55;">${escapeHtml(button.note)}</td></tr>`,
        ]),
    ...(rows.length === 0
      ? []
      : [
          `<tr><td style="padding-top:28px;"><table ${TABLE} class="line" style="border-bottom:1px solid #dfdcd4;font-variant-numeric:tabular-nums;">${rows.map(row).join('')}</table></td></tr>`,
        ]),
  ];
}

function chip({ tone, word }: MailStatus): string {
  const { mark, style } = TONES[tone];
  return `<span class="${tone}" style="display:inline-block;padding:4px 10px;border-radius:7px;${style}font-size:13px;line-height:18px;font-weight:600;"><span aria-hidden="true" style="display:inline-block;width:13px;height:13px;margin-right:6px;border:1.5px solid currentColor;border-radius:50%;font-size:10px;line-height:13px;text-align:center;font-weight:700;vertical-align:1px;">${mark}</span>${escapeHtml(word)}</span>`;
}

function paragraph(words: readonly Words[], paddingTop: number): string {
  const inside = words.map((word) =>
    typeof word === 'string'
      ? escapeHtml(word)
      : `<strong style="font-weight:650;">${escapeHtml(word.strong)}</strong>`,
  );
  return `<tr><td class="ink" style="padding-top:${paddingTop}px;${BODY}">${inside.join('')}</td></tr>`;
}

function row([term, value]: readonly [string, string], index: number): string {
  const weight = index === 0 ? 'font-weight:600;' : '';
  return `<tr><td class="soft line" valign="top" width="36%" style="padding:12px 12px 12px 0;${CELL}color:#4c5d55;">${escapeHtml(term)}</td><td class="ink line" valign="top" style="padding:12px 0;${CELL}${weight}color:#112922;">${escapeHtml(value)}</td></tr>`;
}
