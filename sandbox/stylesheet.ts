/** The look of every page: a company of its own, in light and dark. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --ground: #f4f6fb; --sheet: #fff; --ink: #16203a; --soft: #4c5878; --line: #c9d1e4; --field: #7784a6;
  --accent: #2f3fb5; --on-accent: #fff; --notice: #fff1c9; --on-notice: #4a3500; --bad: #a3182b; --bad-ground: #fdeef0; --good: #14663f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10162a; --sheet: #1a2240; --ink: #eef1fb; --soft: #b7c1de; --line: #3a4670; --field: #8593bd;
    --accent: #aab6ff; --on-accent: #10162a; --notice: #4a3a05; --on-notice: #ffe9a8; --bad: #ffb3bb; --bad-ground: #401a24; --good: #8fe0b4;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
.notice { margin: 0; padding: .5rem 1rem; background: var(--notice); color: var(--on-notice); text-align: center; font-size: .875rem; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; padding: .75rem 1rem; background: var(--sheet); border-bottom: 1px solid var(--line); }
nav { display: flex; gap: 1rem; }
.brand { font-weight: 700; letter-spacing: -.01em; font-size: 1.25rem; }
.brand small { font-weight: 400; color: var(--soft); font-size: .875rem; }
main { margin: 0 auto; padding: 1.5rem 1rem 3rem; }
main.narrow { max-width: 34rem; }
main.wide { max-width: 78rem; }
h1 { font-size: 1.625rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; }
p { margin: 0 0 1rem; }
a { color: var(--accent); }
.soft { color: var(--soft); }
.sheet > h2:first-child { margin-top: 0; }
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; margin: 0 0 1rem; }
.items { margin: 0 0 1rem; padding: 0; list-style: none; }
.items li { display: flex; justify-content: space-between; gap: 1rem; padding: .25rem 0 .5rem; border-bottom: 1px solid var(--line); }
.items li > :last-child { white-space: nowrap; }
.field { margin: 0 0 1.25rem; }
.field > label { display: block; font-weight: 600; margin: 0 0 .25rem; }
.hint { display: block; color: var(--soft); font-size: .875rem; }
input:not([type=radio]), select { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--field); border-radius: .5rem; }
[aria-invalid=true] { border-color: var(--bad); border-width: 2px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 0 1rem; }
fieldset { margin: 0 0 1.25rem; padding: 0; border: 0; min-width: 0; }
fieldset.outcome { padding: .5rem 1rem .75rem; border: 1px dashed var(--field); border-radius: .5rem; background: var(--ground); }
legend { font-weight: 600; padding: 0; }
.outcome legend { padding: 0 .25rem; }
.choice { display: flex; gap: .625rem; align-items: center; min-height: 2rem; }
input[type=radio] { width: 1.125rem; height: 1.125rem; accent-color: var(--accent); flex: none; margin: 0; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
button, .button { display: inline-block; min-height: 2.75rem; padding: .5rem 1.25rem; font: inherit; font-weight: 600; text-decoration: none; border-radius: .5rem; border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); cursor: pointer; }
button.quiet { background: transparent; color: var(--accent); }
button.small { min-height: 2rem; padding: .125rem .625rem; font-size: .875rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.error { color: var(--bad); font-weight: 600; }
.alert { background: var(--bad-ground); color: var(--bad); border: 1px solid var(--bad); border-radius: .5rem; padding: .75rem 1rem; margin: 0 0 1.25rem; font-weight: 600; }
.scroll { overflow-x: auto; background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
code { font-size: .8125rem; }
.row { display: flex; gap: .375rem; }
.row form { display: contents; }
.mail { width: 100%; height: 34rem; border: 1px solid var(--line); border-radius: .5rem; background: #fff; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font-size: .875rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
`;
