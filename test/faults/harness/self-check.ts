import { flopwatch } from '../../support/command.ts'
import { lines, type Verifier } from './verify.ts'
import { TOPIC, type World } from './world.ts'

/** The checks are checked: what is changed by hand must be found, by them and by `flopwatch audit`. */

interface Mutation {
  readonly name: string
  readonly apply: string
  readonly undo: string
}

/** Partition 0 is changed, each time in one row. */
const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a stored sample is deleted',
    apply: `alter table samples delete where (device_id, time) in (
      select device_id, time from kept_aside)`,
    undo: 'insert into samples select * from kept_aside',
  },
  {
    name: 'a line of the ledger is doubled',
    apply: `insert into partition_parts select * replace ('nobody' as instance)
      from partition_parts final
      where topic = '${TOPIC}' and partition = 0 and kind = 'part'
      order by epoch desc, offset_first desc limit 1`,
    undo: `alter table partition_parts delete where instance = 'nobody'`,
  },
]

/** Throws when a change goes unnoticed; leaves the store as it was. */
export async function checkChecks(world: World, verifier: Verifier): Promise<void> {
  const run = (statement: string) => lines(world.front.url, statement)
  const differences = async () => verifier.differences(await world.log.ends())
  await run(`create table kept_aside as samples`)
  await run(`insert into kept_aside select * from samples final
    where source = 'kafka:${TOPIC}/0' order by time, device_id limit 1`)
  await expectAudit(world, 0, 'in every partition')
  for (const { name, apply, undo } of MUTATIONS) {
    await run(`${apply} settings mutations_sync = 2`)
    const found = await differences()
    if (found.length === 0) throw new Error(`nobody noticed that ${name}`)
    await expectAudit(world, 1, `${TOPIC}/0: `)
    await run(`${undo} settings mutations_sync = 2`)
    const left = await differences()
    if (left.length > 0) throw new Error(`left over after ${name}:\n${left.join('\n')}`)
  }
  await expectAudit(world, 0, 'in every partition')
}

async function expectAudit({ front }: World, code: number, text: string): Promise<void> {
  const ended = await flopwatch(['audit'], { env: { CLICKHOUSE_URL: front.url } })
  if (ended.code === code && ended.stdout.includes(text)) return
  throw new Error(`audit ended with ${ended.code}, wanted ${code} and "${text}":\n${ended.stdout}`)
}
