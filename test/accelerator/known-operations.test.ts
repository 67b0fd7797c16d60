import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Laboratory, openLaboratory } from './laboratory.ts'
import {
  CARDS,
  type Evidence,
  type Fact,
  kernels,
  readRecording,
  reduced,
  tenantOf,
} from './recording.ts'

// Real telemetry of an H100 and an H200 over work of known operations, reduced to one kind of
// evidence at a time: does the product's 90 % interval hold what was executed?

const EVIDENCE = ['T1', 'T2', 'T3', 'T4'] as const
const recordings = CARDS.map(readRecording)

interface Case {
  readonly card: string
  readonly evidence: Evidence
  readonly run: string
  readonly fact: Fact
}

/** Every run on every kind of evidence that there is for it. */
const cases = recordings.flatMap(({ card, facts }) =>
  EVIDENCE.flatMap(evidence =>
    Object.entries(facts)
      .filter(([run]) => evidence !== 'T1' || run in kernels)
      .map(([run, fact]): Case => ({ card, evidence, run, fact })),
  ),
)

/**
 * Where the interval does not hold. Rows of odd length keep the library on kernels of the generation
 * before, whose cycles hold two thirds of the operations, and which pad by a tenth.
 */
const OUTSIDE: ReadonlySet<string> = new Set([
  'h100-1 T1 attested gemm-bf16-4100',
  'h100-1 T2 attested gemm-bf16-4100',
])

let laboratory: Laboratory
beforeAll(async () => {
  laboratory = await openLaboratory(
    recordings.flatMap(recording =>
      EVIDENCE.flatMap(evidence => [
        ...reduced(recording, evidence, false),
        ...reduced(recording, evidence, true),
      ]),
    ),
  )
})
afterAll(() => laboratory.close())

function estimateOf({ card, evidence, run }: Case, attested: boolean) {
  return laboratory.estimateOf(tenantOf(card, evidence, attested), run)
}

function expectHeld(one: Case, attested: boolean): void {
  const { card, evidence, run, fact } = one
  const { lo, hi, seconds } = estimateOf(one, attested)
  expect(seconds[evidence]).toBeGreaterThan(0.9 * fact.seconds)
  const held = lo <= fact.executed && fact.executed <= hi
  expect(held).toBe(!OUTSIDE.has(`${tenantOf(card, evidence, attested)} ${run}`))
}

const training = cases.filter(({ run }) => run.startsWith('train'))
describe('training whose format nobody attests', () => {
  test.each(training)('$card $run on $evidence', one => expectHeld(one, false))
})
describe('training whose format is attested', () => {
  test.each(training)('$card $run on $evidence', one => expectHeld(one, true))
})

const products = cases.filter(
  ({ run, evidence, fact }) =>
    /^gemm|^prefill/.test(run) && fact.precision !== '' && evidence < 'T3',
)
describe('matrix products and prompts whose format is attested', () => {
  test.each(products)('$card $run on $evidence', one => expectHeld(one, true))
})

test('a tensor cycle of an SM holds the operations that the catalogue has, format by format', () => {
  const perCycle = Object.entries(kernels).map(([run, { tensor_operations, tensor_cycles }]) => [
    run.replace('gemm-', '').replace('-8192', ''),
    Math.round(tensor_operations / tensor_cycles),
  ])
  expect(Object.fromEntries(perCycle)).toMatchObject({
    bf16: 4096,
    fp16: 4096,
    fp8: 8192,
    tf32: 2048,
    fp64: 256,
    'bf16-4100': 2731,
  })
})

test('vector work in FP32 is counted from its pipe', () => {
  const [one] = cases.filter(({ run, evidence }) => run === 'gemm-fp32-8192' && evidence === 'T2')
  if (one) expectHeld(one, false)
  expect(one).toBeDefined()
})

// Known limits, kept here so that a remedy shows.
test('products in FP64 run on tensor pipes too and are counted sixteen times over', () => {
  const [one] = cases.filter(({ run, evidence }) => run === 'gemm-fp64-8192' && evidence === 'T2')
  if (one) expect(estimateOf(one, false).lo / one.fact.executed).toBeGreaterThan(10)
  expect(one).toBeDefined()
})

test('energy counts a card that idles but is held as a twentieth of its peak', () => {
  const idle = cases.filter(({ run, evidence }) => run === 'idle' && evidence === 'T3')
  for (const one of idle) {
    const share = estimateOf(one, false).mid / (989e12 * one.fact.seconds)
    expect(share).toBeGreaterThan(0.03)
    expect(share).toBeLessThan(0.06)
  }
  expect(idle).toHaveLength(2)
})
