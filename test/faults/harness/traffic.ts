import { gzipSync } from 'node:zlib'
import { createDice, type Dice } from './dice.ts'
import { drawPoison } from './poison.ts'
import type { Sample } from './truth.ts'

/**
 * What senders say, from a seed: nodes of four devices that tick each second, in messages of one
 * sample or of thousands, with all that senders do to them: repeat, re-cut, revise, contradict.
 */

/** One message, and what it must count as. */
export interface Parcel {
  readonly id: number
  readonly key: string
  readonly value: Buffer | null
  readonly records: number
  readonly refused: number
  readonly samples: readonly Sample[]
}

/** How often senders misbehave, as shares of all messages. */
export interface Manners {
  repeat: number
  recut: number
  revise: number
  contradict: number
  poison: number
  /** Held back, to be sent after later ones. */
  delay: number
}

export const MANNERS: Manners = {
  repeat: 0.05,
  recut: 0.05,
  revise: 0.05,
  contradict: 0.03,
  poison: 0.01,
  delay: 0.1,
}

export interface Traffic {
  readonly manners: Manners
  /** The next messages, about so many samples in all. */
  draw(samples: number): Parcel[]
  /** Those that were held back. */
  rest(): Parcel[]
}

const DEVICES_PER_NODE = 4
const START = Date.UTC(2026, 0, 1, 6)
/** Messages that may be repeated, re-cut or revised; drawn evenly, so some are old. */
const REMEMBERED = 400

export interface TrafficOptions {
  readonly seed: number
  /** Begins the names of its nodes, so that two kinds of traffic do not mix. */
  readonly name: string
  readonly nodes: number
  /** Poison only of a kind that can be read as a body. */
  readonly readable: boolean
}

export function createTraffic({ seed, name, nodes, readable }: TrafficOptions): Traffic {
  const dice = createDice(seed, `traffic ${name}`)
  const clocks = Array.from({ length: nodes }, () => START)
  const past: Parcel[] = []
  const held: Parcel[] = []
  const manners = { ...MANNERS }
  let ids = 0

  const parcel = (key: string, said: readonly Sample[]): Parcel => {
    ids += 1
    const samples = dice.chance(0.05) ? [...said, dice.pick(said)] : said
    const value = pack(dice, samples)
    return { id: ids, key, value, records: samples.length, refused: 0, samples }
  }
  const remember = (made: Parcel) => {
    if (made.samples.length === 0) return
    if (past.length < REMEMBERED) past.push(made)
    else past[dice.integer(0, REMEMBERED - 1)] = made
  }
  const fresh = (count: number): Parcel => {
    const node = dice.integer(0, nodes - 1)
    const key = `${name}${node}`
    const samples: Sample[] = []
    while (samples.length < count) {
      clocks[node] = (clocks[node] ?? START) + 1000
      for (let at = 0; at < DEVICES_PER_NODE && samples.length < count; at += 1) {
        samples.push(drawSample(dice, `${key}-${at}`, clocks[node]))
      }
    }
    return parcel(key, samples)
  }
  /** A message of the past said again in another way; the key stays, as devices stay in place. */
  const altered = (alter: (samples: readonly Sample[]) => readonly Sample[]): Parcel => {
    const before = dice.pick(past)
    return parcel(before.key, alter(before.samples))
  }
  const poison = (): Parcel => {
    const { key, samples } = fresh(2)
    const [one, two] = samples
    if (!one || !two) throw new Error('two samples were asked for')
    ids += 1
    return { id: ids, key, ...drawPoison(dice, { readable }, [one, two], spell) }
  }
  const next = (): Parcel => {
    if (past.length > 0) {
      if (dice.chance(manners.repeat)) return { ...dice.pick(past) }
      if (dice.chance(manners.recut)) return altered(all => someOf(dice, all))
      if (dice.chance(manners.revise))
        return altered(all => someOf(dice, all).map(s => revise(dice, s)))
      if (dice.chance(manners.contradict)) {
        return altered(all => someOf(dice, all).map(s => ({ ...s, power_w: dice.integer(1, 700) })))
      }
    }
    if (dice.chance(manners.poison)) return poison()
    return fresh(drawSize(dice))
  }
  return {
    manners,
    draw(samples) {
      const drawn: Parcel[] = []
      for (let count = 0; count < samples; ) {
        const made = next()
        count += made.records + 1
        remember(made)
        if (dice.chance(manners.delay)) held.push(made)
        else drawn.push(made)
      }
      const due = dice.shuffle(held.splice(0, dice.integer(0, held.length)))
      return [...drawn, ...due]
    },
    rest: () => held.splice(0),
  }
}

/** Mostly single samples, sometimes a handful, seldom thousands. */
function drawSize(dice: Dice): number {
  if (dice.chance(0.7)) return 1
  return dice.chance(0.97) ? dice.integer(2, 60) : dice.integer(1000, 3000)
}

function drawSample(dice: Dice, device: string, end: number): Sample {
  return { device, end, revision: 0, power_w: dice.integer(1, 700), util_128: dice.integer(0, 128) }
}

function someOf(dice: Dice, samples: readonly Sample[]): readonly Sample[] {
  const first = dice.integer(0, samples.length - 1)
  return dice.shuffle(samples.slice(first, first + dice.integer(1, 200)))
}

function revise(dice: Dice, sample: Sample): Sample {
  const revision = sample.revision + dice.integer(1, 3)
  return { ...sample, revision, power_w: dice.integer(1, 700) }
}

export function spell({ device, end, revision, power_w, util_128 }: Sample): string {
  return JSON.stringify({
    time: new Date(end).toISOString(),
    interval_s: 1,
    device_id: device,
    tenant_id: 'ann',
    accelerator: 'NVIDIA H100 80GB HBM3',
    node_id: device.split('-')[0],
    power_w,
    gpu_util: util_128 / 128,
    ...(revision === 0 ? {} : { revision }),
  })
}

/** As one object, lines or an array; now and then gzipped by the sender. */
function pack(dice: Dice, samples: readonly Sample[]): Buffer {
  const texts = samples.map(spell)
  const text = dice.chance(0.5) ? `${texts.join('\n')}\n` : `[${texts.join(',\n')}]`
  return dice.chance(0.2) ? gzipSync(text) : Buffer.from(text)
}
