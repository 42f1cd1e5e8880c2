/** The console's own rules on top of Perennial's theme: its names for sizes and colors, nothing beside them. */
export const CONSOLE_RULES = `
@font-face { font-family: "Hanken Grotesk Variable"; src: url(/console/hanken-grotesk.woff2) format("woff2-variations"); font-weight: 100 900; font-display: swap; }
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; background: var(--color-base-200); }
body, h1, h2, h3, p, ul, ol, dl, dd, fieldset, figure, pre { margin: 0; padding: 0; }
ul, ol { list-style: none; }
fieldset { border: 0; min-width: 0; }
body { font: 420 var(--text-dense)/var(--text-dense--line-height) var(--font-sans); }
h1 { font-size: var(--text-head); line-height: var(--text-head--line-height); letter-spacing: var(--text-head--letter-spacing); font-weight: 610; overflow-wrap: anywhere; }
h2 { font-size: var(--text-title); line-height: var(--text-title--line-height); letter-spacing: var(--text-title--letter-spacing); font-weight: 610; }
h3 { font-size: var(--text-dense); line-height: var(--text-dense--line-height); font-weight: 610; }
a { color: inherit; text-decoration: none; }
p a, td a, dd a, li a.quiet { font-weight: 530; text-decoration: underline; text-decoration-color: var(--edge); text-decoration-thickness: 1px; text-underline-offset: .22em; }
a:hover { text-decoration-color: currentColor; }
button, input, select, textarea { font: inherit; color: inherit; }
code, pre, kbd { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-size: .8125rem; }
.icon { width: 1rem; height: 1rem; flex: none; }
.mark { width: 1.5rem; height: 1.5rem; flex: none; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.fine { font-size: var(--text-fine); line-height: var(--text-fine--line-height); }
.muted { color: var(--muted); }
.strong { font-weight: 610; }

.frame { min-height: 100dvh; }
.contents { display: contents; }
.brand { display: flex; align-items: center; gap: .5rem; font-size: var(--text-small); line-height: var(--text-small--line-height); font-weight: 680; letter-spacing: -.01em; }
.brand .fine { display: block; font-weight: 530; color: var(--muted); letter-spacing: 0; }
.topbar { display: flex; align-items: center; justify-content: space-between; gap: .75rem; padding: .75rem 1rem; }
.topbar details { position: relative; }
.topbar .panel { position: absolute; right: 0; z-index: 10; margin-top: .5rem; width: 16rem; padding: .75rem; background: var(--color-base-100); border: 1px solid var(--line); border-radius: var(--radius-box); box-shadow: var(--float-shadow); }
.side { display: none; }
.group { padding: 1.25rem .625rem .25rem; font-size: var(--text-fine); line-height: var(--text-fine--line-height); color: var(--muted); }
.panel .group:first-child { padding-top: .25rem; }
nav li + li { margin-top: 1px; }
.entry { display: flex; align-items: center; gap: .625rem; padding: .375rem .625rem; border-radius: .5rem; font-weight: 530; color: var(--muted); }
.entry > span:nth-child(2) { flex: 1; }
.entry:hover { color: var(--color-base-content); background: color-mix(in oklab, var(--color-base-300) 60%, transparent); }
.entry[aria-current] { background: var(--color-base-300); color: var(--color-base-content); font-weight: 610; }
main { min-width: 0; min-height: 100dvh; padding: 1.5rem 1rem 3rem; background: var(--color-base-100); border-top: 1px solid var(--line); }
.back { display: inline-flex; align-items: center; gap: .25rem; padding: .25rem 0; margin-bottom: .25rem; font-weight: 530; color: var(--muted); }
.headrow { display: flex; flex-wrap: wrap; align-items: flex-start; justify-content: space-between; gap: 1rem 1.5rem; }
.headrow > :first-child { min-width: 0; }
.lead { margin-top: .25rem; color: var(--muted); max-width: 44rem; }
section { margin-top: 2.5rem; }
section > .headrow { align-items: baseline; padding-bottom: .5rem; }
section > .headrow + form { margin-top: .25rem; }
.rows > li { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; padding: .75rem 0; border-bottom: 1px solid var(--line); }
.rows { border-top: 1px solid var(--line); }
.rows > li > :first-child { flex: 1 1 16rem; min-width: 0; overflow-wrap: anywhere; }
.two { display: grid; gap: 0 2.5rem; }
.well { padding: 1rem 1.125rem; }
main > .well, .wellspan { background: var(--color-base-200); border-radius: var(--radius-box); padding: 1.125rem 1.25rem; }
.grid { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); }
.card { position: relative; display: flex; flex-direction: column; gap: .375rem; padding: 1rem 1.125rem; border: 1px solid var(--line); border-radius: .875rem; }
.card a::after { content: "" / ""; position: absolute; inset: 0; border-radius: inherit; }
.card:hover { border-color: var(--edge); background: color-mix(in oklab, var(--color-base-200) 60%, transparent); }
.card h2 { font-size: var(--text-small); line-height: var(--text-small--line-height); letter-spacing: 0; }
.card > form { margin-top: auto; padding-top: .5rem; }

.btn { display: inline-flex; align-items: center; justify-content: center; gap: .375rem; min-height: 2.1875rem; padding: 0 .8125rem; font-size: var(--text-dense); font-weight: 590; white-space: nowrap; border: 1px solid var(--edge); border-radius: var(--radius-field); background: var(--color-base-100); color: var(--color-base-content); cursor: pointer; transition: background-color 120ms; }
.btn:hover { background: var(--color-base-300); }
.btn-primary { background: var(--color-primary); border-color: var(--color-primary); color: var(--color-primary-content); }
.btn-primary:hover { background: color-mix(in oklab, var(--color-primary) 88%, var(--color-base-content)); }
.btn-bare { background: transparent; border-color: transparent; }
.btn-square { width: 2.1875rem; padding: 0; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.buttons input { width: 8rem !important; }
td .btn { min-height: 2rem; padding: 0 .625rem; }
td .btn-square { padding: 0; width: 2rem; }
td .buttons { gap: .375rem; }
.buttons form, .inline-form { display: contents; }
label, legend { font-weight: 610; padding: 0; }
.field { display: grid; gap: .25rem; align-content: start; min-width: 0; }
.field .fine { color: var(--muted); }
.choices { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
.check { display: inline-flex; gap: .5rem; align-items: center; min-height: 1.75rem; font-weight: 420; }
input:not([type=checkbox], [type=radio], [type=hidden]), select, textarea { width: 100%; min-width: 0; min-height: 2.1875rem; padding: .25rem .625rem; background: var(--color-base-100); border: 1px solid var(--edge); border-radius: var(--radius-field); font-size: var(--text-dense); }
textarea { padding: .5rem .625rem; line-height: 1.25rem; resize: vertical; }
input[type=checkbox], input[type=radio] { width: 1rem; height: 1rem; margin: 0; accent-color: var(--color-primary); }
.fields { display: grid; gap: .875rem 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 12rem), 1fr)); align-items: start; }
.fields > .wide { grid-column: 1 / -1; }
form > .buttons, .rows + form, .muted + form, .muted + .buttons, .muted + .rows { margin-top: .875rem; }
main > .headrow + :is(form, .rows) { margin-top: 1.5rem; }
@media (min-width: 40rem) { .act { padding-top: 1.5rem; } }
.filters { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-top: 1rem; }
.filters input, .filters select { width: auto !important; flex: 0 1 14rem; }

.scroll { overflow-x: auto; margin-top: 1rem; }
.scenes { margin-top: 1.5rem; }
.control { flex: 0 0 14rem; max-width: 100%; }
table { width: 100%; border-collapse: separate; border-spacing: 0; }
th, td { text-align: left; vertical-align: top; padding: .625rem 1rem .625rem 0; border-bottom: 1px solid var(--line); font-weight: 420; }
thead th { padding-block: .5rem; font-size: var(--text-fine); font-weight: 530; color: var(--muted); white-space: nowrap; }
tbody th { font-weight: 610; }
tbody tr:hover { background: color-mix(in oklab, var(--color-base-200) 70%, transparent); }
td .fine, th .fine { display: block; font-weight: 420; color: var(--muted); }
td:last-child, th:last-child { padding-right: 0; }
.tight { white-space: nowrap; }
.right { text-align: right; }
.break { overflow-wrap: anywhere; }
dl.facts { border-top: 1px solid var(--line); margin-top: 1rem; max-width: 46rem; }
dl.facts > div { display: flex; justify-content: space-between; gap: 1rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
dl.facts dt { color: var(--muted); flex: none; }
dl.facts dd { text-align: right; overflow-wrap: anywhere; min-width: 0; font-variant-numeric: tabular-nums; }
pre { margin-top: .5rem; padding: .75rem .875rem; background: var(--color-base-200); border-radius: var(--radius-field); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 30rem; overflow-y: auto; line-height: 1.25rem; }
.empty { margin-top: 1rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: var(--radius-box); color: var(--muted); }
.empty strong { display: block; color: var(--color-base-content); font-weight: 610; }
.said { display: flex; gap: .5rem; align-items: flex-start; margin: 0 0 1rem; padding: .625rem .875rem; border-radius: var(--radius-field); background: var(--tint-ok); color: var(--color-success); font-weight: 530; }
.said.bad { background: var(--tint-bad); color: var(--color-error); }
.said .icon { margin-top: .125rem; }
.now { font-size: var(--text-head); line-height: var(--text-head--line-height); font-weight: 610; letter-spacing: -.018em; }
details.more > summary { display: inline-flex; align-items: center; gap: .375rem; padding: .25rem 0; font-weight: 530; color: var(--muted); }
details.more > summary::before { content: "+" / ""; width: .75rem; font-weight: 610; }
details.more[open] > summary::before { content: "−" / ""; }
iframe { display: block; width: 100%; height: 36rem; margin-top: .75rem; border: 1px solid var(--line); border-radius: var(--radius-field); background: #fff; }
[draggable=true] { cursor: grab; }
.dragged { opacity: .45; }
[data-copied]::after { content: "Copied"; }
[data-copied] > * { display: none; }
@media (min-width: 40rem) { main { padding-inline: 2rem; } }
@media (min-width: 64rem) {
  .frame { display: grid; grid-template-columns: 14.5rem minmax(0, 1fr); }
  .topbar { display: none; }
  .side { display: flex; flex-direction: column; position: sticky; top: 0; height: 100dvh; padding: 1rem .75rem; }
  .side .brand { padding: 0 .625rem; }
  .side nav { flex: 1; overflow-y: auto; margin-top: .5rem; }
  .side .foot { border-top: 1px solid var(--line); padding: .75rem .625rem 0; }
  main { margin: .5rem .5rem .5rem 0; min-height: calc(100dvh - 1rem); padding: 2rem 2.5rem 3rem; border: 1px solid var(--line); border-radius: var(--radius-box); box-shadow: var(--sheet-shadow); }
  .two { grid-template-columns: minmax(0, 1fr) 19rem; }
  .two > :nth-child(2) { margin-top: 2.5rem; }
}
@media (max-width: 47.9375rem) {
  .from-md { display: none !important; }
  .scroll { margin-top: .5rem; }
  table, tbody { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { display: flex; flex-wrap: wrap; gap: .375rem 1rem; padding: .75rem 0; border-bottom: 1px solid var(--line); }
  tbody tr:first-child { border-top: 1px solid var(--line); }
  tbody :is(th, td) { display: block; padding: 0; border: 0; white-space: normal; overflow-wrap: anywhere; }
  tbody th { flex: 1 1 100%; }
  tbody td:not(:has(.fine)) { align-self: center; }
  tbody td:empty { display: none; }
}
@media (max-width: 63.9375rem) { .from-lg { display: none !important; } }
`;
