import { gzipSync } from 'node:zlib'
import type { Dice } from './dice.ts'
import type { Sample } from './truth.ts'

/** Messages that cannot be taken in whole, with the account that each must be given. */

export interface Poison {
  readonly value: Buffer | null
  /** Records that the message counts as, and how many of them end in quarantine. */
  readonly records: number
  readonly refused: number
  /** Neighbours that are sound and must be stored. */
  readonly samples: readonly Sample[]
}

/** The longest record that instances of the harness take in. */
export const RECORD_BYTES_MAX = 65_536

type Spell = (sample: Sample) => string

/** From two sound samples, a number that nobody else draws, and how a sample is spelled. */
type Kind = (pair: readonly [Sample, Sample], n: number, spell: Spell) => Poison

/** What stops the reading of a message, or says nothing; as a body it would be answered 400. */
const UNREADABLE: readonly Kind[] = [
  (_, n) => refused(`poison ${n}`),
  () => refused(''),
  () => ({ value: null, records: 0, refused: 0, samples: [] }),
  (_, n) => refused(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, n & 0x7f, 0x7d])),
  (_, n) => refused(Buffer.concat([gzipSync(`${n}`).subarray(0, 12), Buffer.from([n & 0x7f])])),
  (_, n) => refused(JSON.stringify({ device_id: `x${n}`, filler: 'y'.repeat(RECORD_BYTES_MAX) })),
  (_, n) => refused(`${n}${'z'.repeat(700_000)}`),
  ([one], n, spell) => ({
    value: Buffer.from(`[${spell(one)},{"broken ${n}`),
    records: 2,
    refused: 1,
    samples: [one],
  }),
  () => ({ value: Buffer.from('[null,[],{}]'), records: 3, refused: 3, samples: [] }),
]

/** Records that are refused, among neighbours that are not. */
const UNSOUND: readonly Kind[] = [
  (_, n) => refused(JSON.stringify({ device_id: `x${n}`, time: 'never' })),
  ([one], _, spell) => refused(spell({ ...one, power_w: -1 })),
  ([one], _, spell) => refused(spell({ ...one, end: Date.UTC(2100, 0) })),
  ([one, two], n, spell) => ({
    value: Buffer.from([spell(one), `{"broken ${n}`, spell(two)].join('\n')),
    records: 3,
    refused: 1,
    samples: [one, two],
  }),
  ([one, two], n, spell) => ({
    // Each unlike those of other bodies: quarantine keeps the same bytes from one sender once.
    value: Buffer.from(`[${spell(one)},${n},"word ${n}",[${n}],${spell(two)}]`),
    records: 5,
    refused: 3,
    samples: [one, two],
  }),
]

function refused(value: string | Buffer): Poison {
  return { value: Buffer.from(value), records: 1, refused: 1, samples: [] }
}

let drawn = 0

export function drawPoison(
  dice: Dice,
  { readable }: { readonly readable: boolean },
  pair: readonly [Sample, Sample],
  spell: Spell,
): Poison {
  drawn += 1
  return dice.pick(readable ? UNSOUND : [...UNREADABLE, ...UNSOUND])(pair, drawn, spell)
}
