/** Tables, badges, cards, lists of facts, forms. */
export const PARTS_STYLE = `
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
caption { text-align: left; color: var(--soft); padding: 0 0 .4rem; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .82rem; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: bottom; }
td { padding: .42rem .7rem .42rem 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
tr:last-child > td { border-bottom: 0; }
tbody tr:hover { background: var(--hover); }
th.n, td.n { text-align: right; white-space: nowrap; }
td.n + td:not(.n), th.n + th:not(.n) { padding-left: .9rem; }
td.n:last-child, th.n:last-child { padding-right: 0; }
td.w { white-space: nowrap; }
td small { color: var(--soft); display: block; }
.badge { display: inline-block; border-radius: 99px; padding: .02rem .6rem; font-size: .8rem; font-weight: 600; white-space: nowrap; background: var(--grey-soft); color: var(--soft); }
.badge.red, .badge.critical, .badge.overdue, .badge.foreign { background: var(--red-soft); color: var(--red); }
.badge.amber, .badge.high, .badge.medium, .badge.unknown { background: var(--amber-soft); color: var(--amber); }
.badge.green, .badge.domestic { background: var(--green-soft); color: var(--green); }
.badge.overdue { background: var(--red); color: var(--card); }
.badge.tier { border: 1px solid var(--line); background: none; font-weight: 500; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 375px), 1fr)); gap: .9rem; }
.case { border: 1px solid var(--line); border-left: 5px solid var(--line); border-radius: 7px; padding: .85rem 1rem; display: flex; flex-direction: column; gap: .55rem; }
.case.green { border-left-color: var(--green); }
.case.amber { border-left-color: #e0a020; }
.case.red { border-left-color: var(--red); }
.case.overdue { border-left-color: var(--red); border-left-width: 9px; }
.case header { display: flex; justify-content: space-between; gap: .6rem; align-items: flex-start; }
.case header .badge { margin-top: .15rem; }
.case h3 { margin: 0; font-size: 1.05rem; }
.case p { margin: 0; }
.case dl { margin: 0; }
.case .more { margin-top: auto; display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .9rem; }
dl.facts { display: grid; grid-template-columns: minmax(7.5rem, max-content) 1fr; gap: .28rem 1rem; margin: 0; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.case dl.facts { grid-template-columns: 5.2rem 1fr; font-size: .93rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: .7rem; }
.tile { border: 1px solid var(--line); border-radius: 7px; padding: .65rem .85rem; color: inherit; display: block; }
a.tile:hover { background: var(--hover); text-decoration: none; }
.tile b { display: block; font-size: 1.35rem; line-height: 1.3; }
.tile b small { font-size: .85rem; font-weight: 500; }
.tile span { color: var(--soft); font-size: .87rem; display: block; }
.tile.bad b { color: var(--orange); }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 1.1rem; align-items: start; }
.two > section { margin: 0; height: 100%; }
.two { margin-bottom: 1.1rem; }
.clocks { display: grid; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); gap: .8rem; }
.clocks + p { margin: .8rem 0 0; }
.clock { border: 1px solid var(--line); border-top: 4px solid var(--line); border-radius: 7px; padding: .7rem .9rem; }
.clock.green { border-top-color: var(--green); }
.clock.amber { border-top-color: #e0a020; }
.clock.red, .clock.overdue { border-top-color: var(--red); }
.clock b { font-size: 1.15rem; display: block; }
.clock span { color: var(--soft); font-size: .88rem; display: block; }
ul.tree, ul.tree ul { list-style: none; margin: 0; padding-left: 1.05rem; border-left: 1px solid var(--line); }
ul.tree { padding-left: 0; border: 0; }
ul.tree li { padding: .12rem 0; overflow-wrap: anywhere; }
ol.events { list-style: none; margin: 0; padding: 0; }
ol.events li { display: grid; grid-template-columns: 10.5rem 1fr; gap: .1rem 1rem; padding: .5rem 0; border-bottom: 1px solid var(--grid); }
ol.events li:last-child { border: 0; }
ol.events time { color: var(--soft); }
details > summary { cursor: pointer; color: var(--link); }
details { margin-top: .5rem; }
form.window { display: flex; flex-wrap: wrap; gap: .5rem .8rem; align-items: end; font-size: .88rem; color: var(--soft); }
form.window label { display: flex; flex-direction: column; }
input, button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 5px; padding: .22rem .5rem; }
button { cursor: pointer; }
.pager { margin: .8rem 0 0; }
section > :last-child { margin-bottom: 0; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; color: var(--soft); font-size: .85rem; margin-top: .6rem; }
.legend svg { width: 22px; height: 12px; vertical-align: -1px; margin-right: .35rem; }
@media (max-width: 640px) {
  dl.facts, ol.events li { grid-template-columns: 1fr; gap: 0; }
  dl.facts dd { margin-bottom: .4rem; }
}
`
