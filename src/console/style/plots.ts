/** Drawings. Marks differ by shape and hatching as well as by colour. */
export const PLOTS_STYLE = `
svg text { font: 11px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; fill: var(--soft); }
svg .grid { stroke: var(--grid); stroke-width: 1; }
svg .axis { stroke: var(--faint); stroke-width: 1; }
svg .tick line { stroke: var(--grid); }
svg .threshold { stroke: var(--red); stroke-width: 1.6; stroke-dasharray: 5 3; }
svg .threshold-label { fill: var(--red); font-weight: 600; }
figure.plot { margin: .4rem 0 0; }
figure.plot svg { width: 100%; height: auto; display: block; }
figcaption { color: var(--soft); font-size: .85rem; margin-top: .35rem; }
svg.bar, svg.bar-axis { display: block; width: 100%; height: auto; }
.plots td { padding-top: 0; padding-bottom: 0; vertical-align: middle; }
.plots td.t { padding-top: .3rem; padding-bottom: .3rem; }
.plots th { vertical-align: bottom; }
.plots .p { width: 460px; min-width: 330px; padding-right: 1rem; }
.plots .p.wide { width: auto; min-width: 460px; padding-right: 0; }
.plots td.name { min-width: 9.5rem; max-width: 17rem; overflow-wrap: break-word; }
svg .range.measured { fill: var(--blue-soft); stroke: var(--blue); stroke-width: 1; }
svg .mid.measured { stroke: var(--blue); stroke-width: 2.5; }
svg .range.potential { fill: url(#hatch-potential); stroke: var(--violet); stroke-width: 1; stroke-dasharray: 3 2; }
svg .mid.potential { stroke: var(--violet); stroke-width: 1.5; }
svg .run line { stroke: var(--blue); stroke-width: 1.2; opacity: .55; }
svg .run rect { fill: var(--blue); }
svg .run.marked line { stroke: var(--orange); }
svg .run.marked rect { fill: var(--orange); }
svg a:hover .run rect { opacity: .75; }
svg .dark { fill: url(#hatch-dark); stroke: none; }
svg .seen { fill: var(--blue); }
svg .band { fill: var(--blue-soft); opacity: .75; }
svg .curve { fill: none; stroke: var(--blue); }
svg .curve.mid { stroke-width: 2.2; }
svg .curve.lo, svg .curve.hi { stroke-width: .8; opacity: .8; }
#hatch-dark path { stroke: var(--hatch); stroke-width: 1.4; }
#hatch-potential path { stroke: var(--violet); stroke-width: 1.2; opacity: .6; }
`
