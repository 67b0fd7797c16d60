/** Colours, type and page frame. Light and dark follow the reader's system; print is light. */
export const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f5f6f8; --card: #ffffff; --ink: #171a1f; --soft: #565f6b; --faint: #8b94a0;
  --line: #dde1e7; --grid: #e8ebef; --link: #1d4fbf; --hover: #eef2fa;
  --blue: #2f63d0; --blue-soft: #b9ccf4; --violet: #7d55c7; --orange: #c2570c;
  --red: #b3261e; --red-soft: #fbe9e7; --amber: #8a5a00; --amber-soft: #fdf1d8;
  --green: #1d7044; --green-soft: #e3f3ea; --grey-soft: #eceff3; --hatch: #6d7682;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #111418; --card: #191d23; --ink: #e7eaee; --soft: #a4adb9; --faint: #78828f;
    --line: #2c323b; --grid: #262c34; --link: #8fb3ff; --hover: #212833;
    --blue: #6f9cf5; --blue-soft: #2b4576; --violet: #b294ef; --orange: #f0924a;
    --red: #ff8a80; --red-soft: #42201e; --amber: #f2c063; --amber-soft: #3b2e14;
    --green: #6fcf97; --green-soft: #1b3527; --grey-soft: #262c34; --hatch: #98a2af;
  }
}
* { box-sizing: border-box; }
html { font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
body { margin: 0; background: var(--paper); color: var(--ink); font-variant-numeric: tabular-nums; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible, summary:focus-visible, input:focus-visible, button:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px;
}
h1 { font-size: 1.55rem; line-height: 1.25; margin: 0 0 .25rem; letter-spacing: -.01em; }
h2 { font-size: 1.1rem; line-height: 1.3; margin: 0 0 .6rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
p { margin: 0 0 .6rem; max-width: 92ch; }
code, .id { font-family: ui-monospace, 'DejaVu Sans Mono', Consolas, monospace; font-size: .87em; }
.id { overflow-wrap: anywhere; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: .5rem; top: .5rem; background: var(--card); padding: .4rem .8rem; z-index: 2; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.defs { position: absolute; width: 0; height: 0; }
.top { background: var(--card); border-bottom: 1px solid var(--line); }
.top > div { max-width: 1240px; margin: 0 auto; padding: .55rem 1.25rem; display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; align-items: baseline; }
.brand { font-weight: 700; color: var(--ink); letter-spacing: -.01em; font-size: 1.05rem; }
.top nav { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
.top nav a { color: var(--soft); padding: .15rem 0; }
.top nav a[aria-current] { color: var(--ink); font-weight: 600; border-bottom: 2px solid var(--ink); }
.regime { background: var(--amber-soft); color: var(--amber); border-bottom: 1px solid var(--line); }
.regime.force { background: var(--green-soft); color: var(--green); }
.regime p { max-width: 1240px; margin: 0 auto; padding: .45rem 1.25rem; font-size: .9rem; }
.regime strong { letter-spacing: .02em; }
main { max-width: 1240px; margin: 0 auto; padding: 1.4rem 1.25rem 3rem; }
footer { max-width: 1240px; margin: 0 auto; padding: 0 1.25rem 2rem; color: var(--faint); font-size: .85rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1.1rem 1.25rem 1.2rem; margin: 0 0 1.1rem; }
section > .lead { color: var(--soft); margin: -.45rem 0 .8rem; }
.head { margin-bottom: 1.1rem; }
.head .lead { font-size: 1.05rem; color: var(--soft); margin: .2rem 0 0; }
.soft { color: var(--soft); }
.none { color: var(--soft); font-style: italic; }
@media print {
  :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #333; --line: #bbb; }
  html { font-size: 11px; }
  .top nav, .skip, form { display: none; }
  section { break-inside: avoid; border-color: #bbb; }
  details > * { display: block; }
  a { color: inherit; }
}
`
