import type { Detector } from '../../domain/detector.ts'
import { type EvidenceParts, evidenceTree, type TreeNode } from '../../domain/evidence-tree.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import type { ConsoleDeps, ConsolePage } from '../deps.ts'
import { limit, moment, unitName, words } from '../format.ts'
import { type Content, type Html, html, joined } from '../html.ts'
import { facts, head, link, section, severityBadge, table, tenantLink } from '../parts.ts'
import { determinationTree } from '../views/determination.ts'
import {
  confidenceText,
  howSure,
  measuredText,
  stateWords,
  thresholdText,
} from '../views/wording.ts'
import { FAR } from './common.ts'

/** One finding: what was measured by which rule, on what evidence, about whom. */
export const findingPage: ConsolePage = {
  path: '/findings/:id',
  render: async (deps, { id }) => {
    const evidence = await deps.evidence(id)
    const finding = evidence.versions[evidence.versions.length - 1] ?? evidence.versions[0]
    const [determined] = await deps.store.query('determination-newest', { findings: [id] })
    const cases = await deps.store.query('read-cases', {
      from: 0,
      until: FAR,
      open_only: false,
      groups: determined ? [determined.group_id] : ['-'],
      tenants: [],
      after: '',
      limit: 100,
    })
    const holding = cases.filter(found => found.finding_ids.includes(id))
    const rule = deps.detectors.detectors.find(one => one.id === finding.detector_id) ?? null
    const title = rule?.definition.title ?? finding.detector_id
    const body = findingBody(deps, {
      evidence,
      finding,
      determined: determined ?? null,
      holding,
      rule,
    })
    return { title, section: '/findings', body }
  },
}

type Finding = EvidenceParts['versions'][number]

interface Known {
  readonly evidence: EvidenceParts
  readonly finding: Finding
  readonly determined: QueryRow<'determination-newest'> | null
  readonly holding: readonly QueryRow<'read-cases'>[]
  /** The rule as it is now; null when it was taken out since. */
  readonly rule: Detector | null
}

function findingBody(
  _: ConsoleDeps,
  { evidence, finding, determined, holding, rule }: Known,
): Html {
  const body = determined?.body
  return html`${head(rule?.definition.title ?? finding.detector_id, html`${severityBadge(finding.severity)} ${stateWords(finding.state)}: ${measuredText(finding)}.`)}
<div class="two">${section('In short', null, findingFacts(finding, holding))}
${section('The rule', html`<a href="/detectors">All detectors</a>`, ruleFacts(finding, rule))}</div>
${section('Values in use', 'Every number that the rule judges by, and where it came from.', parameterTable(finding))}
${section('Who is behind it', body && html`${body.reason} (${body.basis}).`, body ? determinationTree(body) : html`<p class="none">Not determined yet.</p>`)}
${section('Evidence', 'From the finding down to the deliveries that it rests on.', treeList(evidenceTree(evidence).children))}
${section('Versions', 'Findings are never edited: what new data change becomes a new version.', versionTable(evidence.versions))}`
}

function findingFacts(finding: Finding, holding: readonly QueryRow<'read-cases'>[]): Html {
  return facts([
    ['About', html`${words(finding.subject_kind)} ${subject(finding)}`],
    [
      'Tenants',
      finding.subject_kind !== 'tenant' &&
        joined(
          finding.tenant_ids.map(id => tenantLink(id)),
          ', ',
        ),
    ],
    ['Measured', measuredText(finding)],
    ['Against', thresholdText(finding)],
    ['How sure', howSure(finding)],
    [
      'Probability',
      finding.basis === 'observed' &&
        `${confidenceText(finding.confidence)} that the threshold is passed`,
    ],
    ['Basis', finding.basis],
    ['Time', `${moment(finding.start)} to ${moment(finding.end)}`],
    ['Detected', moment(finding.detected_at)],
    [
      'Cases',
      holding.length > 0
        ? joined(
            holding.map(found => link('/cases', found.case_id)),
            html`<br>`,
          )
        : 'in no case',
    ],
  ])
}

function subject({ subject_kind, subject_id }: Finding): Content {
  if (subject_kind === 'run') return link('/runs', subject_id)
  if (subject_kind === 'tenant') return tenantLink(subject_id)
  return html`<span class="id">${subject_id}</span>`
}

function ruleFacts(finding: Finding, rule: Detector | null): Html {
  return facts([
    [
      'Detector',
      html`<a href="/detectors#${finding.detector_id}">${finding.detector_id}</a> version ${finding.detector_version}`,
    ],
    ['Why', rule?.definition.why],
    ['Innocent', rule?.definition.innocent],
    ['What to do', rule?.definition.triage],
    ['Hash of the rule', html`<span class="id">${finding.detector_hash.slice(0, 16)}…</span>`],
    ['Hash of all rules', html`<span class="id">${finding.bundle_hash.slice(0, 16)}…</span>`],
  ])
}

function parameterTable(finding: Finding): Html {
  return table(
    Object.entries(finding.parameters),
    [
      { title: 'Parameter', cell: ([name]) => html`<code>${name}</code>` },
      { title: 'Value', kind: 'n', cell: ([, { value }]) => value },
      { title: 'Unit', cell: ([, { unit }]) => words(unit) },
      { title: 'Passes when', cell: ([, { compare }]) => words(compare) },
      { title: 'Origin', cell: ([, { origin }]) => origin },
    ],
    'Parameters',
    'The rule has no parameters.',
  )
}

function treeList(nodes: readonly TreeNode[]): Html {
  return html`<ul class="tree">${nodes.map(treeNode)}</ul>`
}

function treeNode({ text, children }: TreeNode): Html {
  if (children.length === 0) return html`<li>${text}</li>`
  if (children.length <= LEAVES_OPEN) {
    return html`<li>${text}<ul>${children.map(treeNode)}</ul></li>`
  }
  return html`<li><details><summary>${text} (${children.length})</summary><ul>${children.map(treeNode)}</ul></details></li>`
}

/** Longer lists are folded, so that the tree can be seen whole. */
const LEAVES_OPEN = 14

function versionTable(versions: readonly Finding[]): Html {
  return table(
    versions.toReversed(),
    [
      { title: 'Version', kind: 'n', cell: row => row.version },
      { title: 'Detected', kind: 'w', cell: row => moment(row.detected_at) },
      {
        title: 'Answer',
        cell: row => html`${severityBadge(row.severity)} ${stateWords(row.state)}`,
      },
      { title: 'Measured', cell: row => measuredText(row) },
      {
        title: 'Threshold',
        kind: 'n',
        cell: row =>
          row.threshold > 0 ? `${limit(row.threshold, row.unit)} ${unitName(row.unit)}` : '',
      },
    ],
    'Versions of the finding',
    'There is no version.',
  )
}
