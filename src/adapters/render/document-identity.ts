import { DETERMINATION_BASES } from '../../domain/identity/determination.ts'
import { FOREIGN_PERSON_ROWS } from '../../domain/identity/foreign-person.ts'
import type { ReportPerson } from '../../domain/report/person.ts'
import type { TrainingRunReport } from '../../domain/report/report.ts'
import type { Block } from './document.ts'

const LEGEND: Readonly<Record<string, string>> = { ...FOREIGN_PERSON_ROWS, ...DETERMINATION_BASES }

/** Everyone behind the accounts, how it was decided who is foreign, and what links the accounts. */
export function identityBlocks(report: TrainingRunReport): Block[] {
  return [
    personTable(report.persons),
    holdingTable(report.persons),
    evidenceTable(report.persons),
    linkTable(report),
  ]
}

function personTable(persons: readonly ReportPerson[]): Block {
  return {
    kind: 'table',
    caption: 'Persons',
    columns: [
      { title: 'Name', weight: 2.5 },
      { title: 'Role', weight: 1.3 },
      { title: 'Organised in', weight: 1 },
      { title: 'Verification', weight: 1 },
      { title: 'Answer', weight: 1 },
      { title: 'Rule', weight: 2.5 },
    ],
    rows: persons.map(person => [
      [person.name ?? person.party_id, ...person.other_names.map(({ name }) => name)].join('\n'),
      person.roles.map(role => role.replaceAll('_', ' ')).join(', '),
      person.organised_in ?? (person.kind === 'individual' ? 'individual' : 'not known'),
      person.verification,
      person.status,
      `${person.basis}: ${LEGEND[person.basis] ?? ''}`,
    ]),
  }
}

function holdingTable(persons: readonly ReportPerson[]): Block {
  return {
    kind: 'table',
    caption: 'Beneficial owners, with the chains they hold through',
    columns: [
      { title: 'Owner', weight: 2 },
      { title: 'Customer', weight: 2 },
      { title: 'Share', figure: true },
      { title: 'By', weight: 1 },
      { title: 'Chains', weight: 4 },
    ],
    rows: persons.flatMap(person =>
      person.holdings.map(({ customer, share, route, chains }) => [
        person.name ?? person.party_id,
        customer,
        share,
        route,
        chains.map(chain => chain.join(' → ')).join('\n'),
      ]),
    ),
  }
}

function evidenceTable(persons: readonly ReportPerson[]): Block {
  return {
    kind: 'table',
    caption: 'Facts that were weighed',
    columns: [
      { title: 'Person', weight: 2.5 },
      { title: 'Fact', weight: 2.5 },
      { title: 'Value', weight: 1.5 },
      { title: 'Basis', weight: 1.5 },
      { title: 'Established', weight: 1 },
    ],
    rows: persons.flatMap(person =>
      person.evidence.map(({ fact, value, basis, established }) => [
        person.name ?? person.party_id,
        fact,
        value,
        basis.replaceAll('_', ' '),
        established ? 'yes' : 'no',
      ]),
    ),
  }
}

function linkTable({ control, persons }: TrainingRunReport): Block {
  const names = new Map(persons.map(({ party_id, name }) => [party_id, name ?? party_id]))
  const label = (id: string) => names.get(id) ?? id
  const text = (link: Readonly<Record<string, unknown>>, name: string) => {
    const value = link[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  return {
    kind: 'table',
    caption: `Control group ${control.group_id}: why these accounts are one`,
    columns: [
      { title: 'Account', weight: 2 },
      { title: 'Link', weight: 1.5 },
      { title: 'Customer', weight: 2 },
      { title: 'Owner', weight: 2 },
      { title: 'Share', figure: true },
    ],
    rows: control.members.flatMap(({ tenant_id, links }) =>
      links.map(link => [
        tenant_id,
        text(link, 'kind').replaceAll('_', ' '),
        label(text(link, 'party_id')),
        label(text(link, 'owner_id')) || '-',
        text(link, 'share') || '-',
      ]),
    ),
  }
}
