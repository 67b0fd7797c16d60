import { expect, test } from 'vitest'
import {
  type Catalogue,
  catalogueFaults,
  findChip,
  isCountable,
  normaliseName,
  referencePeak,
} from '../../../src/domain/accelerator.ts'
import { shipped } from '../../support/reference.ts'

const { catalogue } = shipped

test('the catalogue holds the chips of the trade, module and die apart where drivers differ', () => {
  expect(catalogue.accelerators.map(chip => chip.id)).toEqual([
    'nvidia-v100-sxm2-32gb',
    'nvidia-a100-sxm4-40gb',
    'nvidia-a100-sxm4-80gb',
    'nvidia-a100-pcie-80gb',
    'nvidia-a800-sxm4-80gb',
    'nvidia-h100-sxm5-80gb',
    'nvidia-h100-pcie-80gb',
    'nvidia-h100-nvl-94gb',
    'nvidia-h800-sxm5-80gb',
    'nvidia-h20',
    'nvidia-h200-sxm-141gb',
    'nvidia-gh200',
    'nvidia-b100',
    'nvidia-b200-sxm',
    'nvidia-b300-sxm',
    'nvidia-gb200',
    'nvidia-gb300',
    'nvidia-l4',
    'nvidia-l40s',
    'nvidia-a10g',
    'nvidia-t4',
    'nvidia-rtx-4090',
    'amd-mi250x',
    'amd-mi250x-gcd',
    'amd-mi300x',
    'amd-mi325x',
    'amd-mi355x',
    'google-tpu-v3',
    'google-tpu-v3-core',
    'google-tpu-v4',
    'google-tpu-v5e',
    'google-tpu-v5p',
    'google-tpu-v6e',
    'google-tpu-v7x',
    'aws-trainium1',
    'aws-trainium2',
    'aws-trainium3',
    'aws-inferentia2',
    'intel-gaudi2',
    'intel-gaudi3',
    'huawei-ascend-910',
    'huawei-ascend-910b',
    'huawei-ascend-910c',
    'cerebras-wse-3',
  ])
})

test.each([
  ['NVIDIA H100 80GB HBM3', 'nvidia-h100-sxm5-80gb'],
  ['  nvidia   h100 80gb hbm3 ', 'nvidia-h100-sxm5-80gb'],
  ['nvidia-h100-sxm5-80gb', 'nvidia-h100-sxm5-80gb'],
  ['NVIDIA A100-SXM4-80GB', 'nvidia-a100-sxm4-80gb'],
  ['NVIDIA B200', 'nvidia-b200-sxm'],
  ['AMD Instinct MI300X', 'amd-mi300x'],
  ['TPU v4', 'google-tpu-v4'],
  ['Intel(R) Gaudi(R) 2 AI Accelerator', 'intel-gaudi2'],
])('the driver string "%s" means %s', (name, id) => {
  expect(findChip(catalogue, name)?.id).toBe(id)
})

test.each(['GRID A100-40C', 'GRID A100-10C', 'NVIDIA H100', 'H100', ''])(
  'the string "%s" is a part of a card or too little to tell, so it means no chip',
  name => {
    expect(findChip(catalogue, name)).toBeNull()
  },
)

test('a driver shows half a MI250X module as one device: 383 / 2 = 191.5 TFLOP/s', () => {
  const device = findChip(catalogue, 'AMD Instinct MI250X')
  expect(device && referencePeak(device)).toBe(191.5e12)
})

test('the reference clock of the H100 is 1830 MHz: 132 SM × 4096 × 1.83e9 = 989.4e12', () => {
  const chip = findChip(catalogue, 'nvidia-h100-sxm5-80gb')
  expect(chip?.clock).toEqual({ ref_mhz: 1830, sm_count: 132, flop_per_sm_cycle: 4096 })
  expect(chip && referencePeak(chip)).toBe(989e12)
})

test('peaks that nobody vouches for are not counted with', () => {
  const kept = catalogue.accelerators.filter(chip => !isCountable(chip)).map(chip => chip.id)
  expect(kept).toEqual([
    'nvidia-h100-nvl-94gb',
    'huawei-ascend-910b',
    'huawei-ascend-910c',
    'cerebras-wse-3',
  ])
})

test('a name with two meanings, a foreign source and a clock that cannot be are faults', () => {
  const [first, second] = catalogue.accelerators
  if (!first || !second || !first.clock) throw new Error('the catalogue is empty')
  const spoiled: Catalogue = {
    ...catalogue,
    unknown_chip: { ...catalogue.unknown_chip, stand_in: first.id },
    accelerators: [
      { ...first, clock: { ...first.clock, ref_mhz: 1980 } },
      { ...second, names: ['tesla  V100-SXM2-32GB'], memory: { ...second.memory, sources: ['x'] } },
    ],
  }
  // 80 SM × 1024 × 1.98e9 = 1.622e14 against the stated 1.25e14
  expect(catalogueFaults(spoiled)).toEqual([
    {
      index: 0,
      message:
        'nvidia-v100-sxm2-32gb: clock × SMs gives 162201600000000 FLOP/s, not 125000000000000',
    },
    {
      index: 1,
      message: '"tesla v100-sxm2-32gb" means both nvidia-v100-sxm2-32gb and nvidia-a100-sxm4-40gb',
    },
    { index: 1, message: 'nvidia-a100-sxm4-40gb cites "x", which sources does not list' },
  ])
})

test('normalising a name twice changes nothing', () => {
  const once = normaliseName('\tNVIDIA  GB200\n')
  expect(once).toBe('nvidia gb200')
  expect(normaliseName(once)).toBe(once)
})
