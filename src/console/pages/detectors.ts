import type { Detector } from '../../domain/detector.ts'
import type { ConsolePage } from '../deps.ts'
import { words } from '../format.ts'
import { type Html, html } from '../html.ts'
import { badge, facts, head, severityBadge, table } from '../parts.ts'
import { stateWords } from '../views/wording.ts'

/** What is looked for, why, what each rule misses and what innocent thing looks the same. */
export const detectorsPage: ConsolePage = {
  path: '/detectors',
  render: async ({ detectors }) => {
    const body = html`${head('Detectors', html`${detectors.detectors.length} rules, frozen under hash <span class="id">${detectors.hash.slice(0, 16)}…</span>. Every value has its origin.`)}
${detectors.detectors.map(detectorSection)}`
    return { title: 'Detectors', section: '/detectors', body }
  },
}

function detectorSection({ id, version, definition, parameters }: Detector): Html {
  return html`<section id="${id}"><h2>${definition.title}</h2>
<p class="lead"><span class="id">${id}</span> version ${version} ${definition.status !== 'stable' && badge('', definition.status)} ${definition.raises === 'signal' && badge('', 'signal only')}</p>
${facts([
  ['Looks at', `${definition.subject}, ${definition.basis} ${words(definition.unit)}`],
  ['Why', definition.why],
  ['Misses', definition.misses],
  ['Innocent', definition.innocent],
  ['What to do', definition.triage],
  [
    'Answers',
    html`${definition.bands.map(band => html`<div>${severityBadge(band.severity)} ${stateWords(band.state)} when ${BOUND_WORDS[band.bound]} passes <code>${band.passes}</code>${band.also.map(also => ` and ${words(also.figure)} fits`)}</div>`)}`,
  ],
  ['Inconclusive', definition.requires.map(one => html`<div>${one.missing}</div>`)],
  ['Rests on', definition.references.map(reference => html`<div>${reference}</div>`)],
])}
<details><summary>${Object.keys(parameters).length} values</summary>
${table(
  Object.entries(parameters),
  [
    { title: 'Parameter', cell: ([name]) => html`<code>${name}</code>` },
    { title: 'Value', kind: 'n', cell: ([, one]) => one.value },
    { title: 'Unit', cell: ([, one]) => words(one.unit) },
    { title: 'Passes when', cell: ([, one]) => words(one.compare) },
    { title: 'Origin', cell: ([, one]) => one.origin },
  ],
  `Values of ${id}`,
  'The rule has no values.',
)}</details></section>`
}

const BOUND_WORDS = {
  lo: 'the lower estimate',
  mid: 'the middle estimate',
  hi: 'the upper estimate',
} as const
