import { allQuestions } from './survey-questions';

/** The look of the hosted pages: a company of its own, in light and dark. */
export const HOSTED_STYLESHEET = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f8; --sheet: #fff; --ink: #1c2138; --soft: #535b77; --line: #d9dce8; --field: #7b83a0;
  --accent: #3a3f9f; --on-accent: #fff; --tint: #eceefb; --notice: #fdeebd; --on-notice: #4a3603;
  --bad: #a3182b; --bad-ground: #fdf0f1; --good: #17613f; --good-ground: #e9f5ee;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", Cambria, Georgia, serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11142a; --sheet: #191d38; --ink: #eceefa; --soft: #b3bad6; --line: #333a5e; --field: #838cb4;
    --accent: #b3b9ff; --on-accent: #14173a; --tint: #252a50; --notice: #453706; --on-notice: #ffe9ab;
    --bad: #ffb1b9; --bad-ground: #3c1a25; --good: #93dfb6; --good-ground: #16352b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--sheet); color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.notice { margin: 0; padding: .4375rem 1rem; background: var(--notice); color: var(--on-notice); text-align: center; font-size: .875rem; line-height: 1.25rem; }
.bar { padding: .875rem 1.25rem; border-bottom: 1px solid var(--line); }
.brand { font: 600 1.1875rem/1.5rem var(--serif); letter-spacing: .002em; }
.brand small { margin-left: .375rem; padding: .125rem .4375rem; font: 600 .75rem/1rem system-ui, sans-serif; color: var(--soft); border: 1px solid var(--field); border-radius: 99px; vertical-align: .125rem; }
.columns { display: flex; flex-direction: column; }
main { width: 100%; max-width: 33rem; margin: 0 auto; padding: 1.75rem 1.25rem 4rem; }
aside { background: var(--ground); border-bottom: 1px solid var(--line); padding: 1rem 1.25rem; }
aside > * { max-width: 30.5rem; margin-inline: auto; }
h1 { font: 600 1.75rem/1.2 var(--serif); margin: 0 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.125rem; line-height: 1.4; margin: 0 0 .25rem; }
h2:focus, fieldset:focus { outline: none; }
p { margin: 0 0 1rem; text-wrap: pretty; }
a { color: var(--accent); text-underline-offset: .2em; }
.lead { color: var(--soft); margin-bottom: 1.5rem; }
.soft { color: var(--soft); font-size: .875rem; font-weight: 400; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
aside h2 { font-size: 1rem; }
.items { margin: 0 auto; padding: 0; list-style: none; }
.items li, .total { display: flex; justify-content: space-between; gap: 1rem; padding: .4375rem 0; }
.items li > :last-child, .total > :last-child { white-space: nowrap; font-variant-numeric: tabular-nums; }
.items li + li { border-top: 1px solid var(--line); }
.items li > :first-child { overflow-wrap: anywhere; }
.total { margin: 0 auto; border-top: 1px solid var(--field); font-weight: 650; }
aside p.soft { margin: .5rem auto 0; }
.steps { display: flex; gap: 1.25rem; margin: 0 0 1.25rem; padding: 0; list-style: none; counter-reset: step; font-size: .875rem; color: var(--soft); }
.steps li { counter-increment: step; display: flex; gap: .4375rem; align-items: center; }
.steps li::before { content: counter(step) / ""; width: 1.375rem; height: 1.375rem; border-radius: 50%; display: grid; place-items: center; font-size: .75rem; font-weight: 600; border: 1px solid var(--field); }
.steps li.done::before { content: "\\2713" / ""; border-color: var(--good); color: var(--good); }
.steps [aria-current] { color: var(--ink); font-weight: 600; }
.steps [aria-current]::before { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.result { padding: .75rem 1rem; border-radius: .5rem; background: var(--good-ground); color: var(--good); }
.progress { margin: 0 0 1.5rem; padding: 0; list-style: none; }
.progress li { position: relative; padding: 0 0 1.125rem 2rem; color: var(--soft); }
.progress li strong { color: var(--ink); font-weight: 600; }
.progress li::before { content: "" / ""; position: absolute; left: .25rem; top: .375rem; width: .75rem; height: .75rem; border-radius: 50%; border: 2px solid var(--accent); }
.progress li.done::before { background: var(--good); border-color: var(--good); }
.progress li:not(:last-child)::after { content: "" / ""; position: absolute; left: .5625rem; top: 1.25rem; bottom: -.25rem; border-left: 2px solid var(--line); }
.field, fieldset { margin: 0 0 1.5rem; }
.field > label, legend { display: block; font-weight: 600; margin: 0 0 .375rem; padding: 0; }
.hint { display: block; color: var(--soft); font-size: .875rem; margin: 0 0 .375rem; }
input[type=text], select { width: 100%; min-height: 2.875rem; padding: .5rem .75rem; font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--field); border-radius: .375rem; }
input[inputmode] { font-variant-numeric: tabular-nums; }
[aria-invalid=true] { border-color: var(--bad) !important; box-shadow: 0 0 0 1px var(--bad); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; align-items: start; }
fieldset { padding: 0; border: 0; min-width: 0; }
.choice { display: flex; gap: .75rem; align-items: flex-start; padding: .5625rem .875rem; border: 1px solid var(--line); margin-top: -1px; cursor: pointer; }
.choice:first-of-type { border-radius: .375rem .375rem 0 0; }
.choice:last-of-type { border-radius: 0 0 .375rem .375rem; }
.choice:only-of-type { border-radius: .375rem; }
.choice:hover { background: var(--ground); }
.choice:has(:checked) { background: var(--tint); border-color: var(--accent); z-index: 1; position: relative; }
input[type=radio], input[type=checkbox] { width: 1.125rem; height: 1.125rem; accent-color: var(--accent); flex: none; margin: .1875rem 0 0; }
.inline { display: grid; grid-template-columns: 1fr 1fr; }
.inline legend { grid-column: 1 / -1; }
.inline .choice { margin: 0 -1px 0 0; border-radius: .375rem 0 0 .375rem; }
.inline .choice:last-of-type { border-radius: 0 .375rem .375rem 0; margin: 0; }
.sandbox { padding: .75rem 1rem; border: 1px dashed var(--field); border-radius: .5rem; background: none; }
.sandbox legend, .sandbox summary { padding: 0 .375rem; margin: 0 0 0 -.375rem; font-size: .875rem; font-weight: 600; }
.sandbox .choice { border: 0; padding: .25rem 0; background: none !important; margin: 0; font-size: .9375rem; }
.sandbox summary { margin: 0; cursor: pointer; }
.sandbox table { width: 100%; border-collapse: collapse; font-size: .8125rem; margin: .5rem 0; }
.sandbox th, .sandbox td { text-align: left; padding: .375rem .5rem .375rem 0; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
.tag { padding: .0625rem .4375rem; border: 1px dashed var(--field); border-radius: .25rem; font-size: .75rem; font-weight: 600; color: var(--soft); }
.shortcut { margin: 1.5rem 0 0; font-size: .875rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin-top: 2rem; }
button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: 2.875rem; padding: .5rem 1.375rem; font: inherit; font-weight: 600; text-decoration: none; border-radius: .375rem; border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); cursor: pointer; }
button.quiet, .button.quiet { background: transparent; color: var(--accent); }
button.bare { background: transparent; border-color: transparent; color: var(--soft); padding-inline: .75rem; font-weight: 500; text-decoration: underline; text-underline-offset: .2em; }
button.small { min-height: 2rem; padding: .125rem .75rem; font-size: .875rem; background: transparent; color: var(--accent); }
button[hidden] { display: none; }
button:hover, .button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.choice:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: -1px; }
.choice :focus-visible { outline: none; }
.error { display: block; color: var(--bad); font-weight: 600; font-size: .9375rem; margin: 0 0 .375rem; }
.field > .error { margin: .375rem 0 0; }
details.sandbox { margin-top: 2rem; }
@media (min-width: 30rem) { .sandbox td:first-child { white-space: nowrap; } }
@media (max-width: 29.9375rem) {
  .sandbox thead { position: absolute; clip-path: inset(50%); }
  .sandbox tr { display: grid; grid-template-columns: 1fr auto; gap: 0 .75rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .sandbox td { border: 0; padding: 0; }
  .sandbox td:first-child { font-weight: 600; }
  .sandbox td:nth-child(2) { grid-row: 2; }
  .sandbox td:last-child { grid-row: 1 / 3; grid-column: 2; }
}
.alert { background: var(--bad-ground); color: var(--bad); border: 1px solid var(--bad); border-radius: .5rem; padding: .75rem 1rem; margin: 0 0 1.5rem; font-weight: 600; }
.alert ul { margin: 0; padding: 0 0 0 1.125rem; }
.alert li:only-child { list-style: none; margin-left: -1.125rem; }
.alert a { color: inherit; }
.step + .step { margin-top: 3rem; }
@supports selector(:has(*)) {
  .survey .step { display: none; margin: 0; }
  .survey .step.initial { display: block; }
  .survey:has(.step:target, .step :target) .step.initial { display: none; }
  .survey .step:target, .survey .step:has(:target) { display: block !important; }
${conditions()}}
@media (min-width: 60rem) {
  .columns { flex-direction: row; min-height: calc(100vh - 5.75rem); }
  aside { order: 2; flex: 0 0 24rem; border-bottom: 0; border-left: 1px solid var(--line); padding: 2.75rem 2.5rem; }
  aside > * { max-width: none; }
  .columns:not(.single) main { padding: 2.75rem 3rem 5rem; max-width: 36rem; }
  .columns.single main { padding-top: 3.5rem; }
}
@media (max-width: 26rem) { .inline { grid-template-columns: 1fr; } .inline .choice { margin: 0 0 -1px; border-radius: .375rem .375rem 0 0; } .inline .choice:last-of-type { border-radius: 0 0 .375rem .375rem; } }
@media (prefers-reduced-motion: no-preference) { button, .button, .choice { transition: filter 120ms, background-color 120ms; } }
`;

/** Questions that depend on an answer are shown once it is given; in a browser that cannot tell, they are always shown. */
function conditions(): string {
  return allQuestions()
    .flatMap(({ when }) => (when === undefined ? [] : [when]))
    .map(({ name, answer }) => {
      const question = `.if-${name}-${answer}`;
      return `  .survey ${question} { display: none; }
  .survey:has(input[name=${name}][value=${answer}]:checked) ${question} { display: block; }
`;
    })
    .join('');
}
